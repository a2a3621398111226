import { ok, type Result } from "@octavo/result";
import type { Command, CommandContext } from "./command.ts";
import { commands } from "./commands.ts";
import type { ExitCode, Failure } from "./exit-codes.ts";
import { printHelp } from "./commands/help.ts";
import { parseCommandLine } from "./parse-command-line.ts";

/** Reads a command line, does what it asks and answers with the exit code. A failure is said on stderr, here only. */
export async function runCommandLine(
  argv: readonly string[],
  context: CommandContext,
  known: readonly Command[] = commands,
): Promise<ExitCode> {
  const outcome = await carryOut(argv, context, known);
  if (outcome.ok) return 0;
  const { exitCode, message, remedy } = outcome.error;
  // The prefix that the launcher and the gateway use too, on the same screen.
  if (message !== null) context.terminal.say(indented(`octavo: ${message}`));
  if (remedy !== null) context.terminal.say(indented(`        ${remedy}`));
  return exitCode;
}

async function carryOut(
  argv: readonly string[],
  context: CommandContext,
  known: readonly Command[],
): Promise<Result<void, Failure>> {
  const parsed = parseCommandLine(argv, known);
  if (!parsed.ok) return parsed;
  const request = parsed.value;
  if (request.kind === "run") return request.command.run(request.input, context);
  if (request.kind === "help") return printHelp(request.topic, request.json, known, context);
  const { version } = context;
  context.terminal.print(request.json ? JSON.stringify({ version }) : `octavo ${version}`);
  return ok(undefined);
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n        ");
}
