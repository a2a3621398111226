import { err, ok, type Result } from "@octavo/result";
import { command, type Command, type CommandContext } from "../command.ts";
import { environmentHelp, variables } from "../environment.ts";
import { exitCodes, failure, type Failure } from "../exit-codes.ts";
import { commandHelp, exitCodeHelp, nounHelp, overview } from "../help-text.ts";
import { nearest } from "../nearest.ts";

const pages = ["exit-codes", "environment"];

/** Listed for its own help page; the command line runner calls `printHelp` with the commands that it knows. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return command({
    path: "help",
    summary: "explains a command, the exit codes, or the environment",
    examples: [
      { line: "help plan install", says: "as: octavo plan install --help" },
      { line: "help exit-codes", says: "what scripts may rely on" },
      { line: "help environment", says: "the variables that Octavo reads" },
    ],
    operands: { topic: { kind: "any", label: "TOPIC", help: "a command, exit-codes or environment" } },
    options: {},
    exits: { 0: "explained", 2: "there is no such topic" },
    run: async ({ operands, json }, context) => printHelp(operands.topic, json, commands(), context),
  });
}

/** @param topic the words after `help`, or a command's path for its `--help`; none is the first page */
export function printHelp(
  topic: readonly string[],
  json: boolean,
  commands: readonly Command[],
  { terminal, invocation }: CommandContext,
): Result<void, Failure> {
  const name = topic.join(" ");
  const found = commands.find((each) => each.path === name);
  const verbs = commands.filter((each) => each.path.startsWith(`${name} `));
  if (json && name === "exit-codes") {
    terminal.print(JSON.stringify(exitCodes, null, 2));
    return ok(undefined);
  }
  if (json && name === "environment") {
    terminal.print(JSON.stringify(variables, null, 2));
    return ok(undefined);
  }
  if (json) {
    const shown = name === "" ? commands : found === undefined ? verbs : [found];
    if (shown.length === 0) return unknownTopic(name, commands);
    terminal.print(JSON.stringify(shown.map(describe), null, 2));
    return ok(undefined);
  }
  if (name === "") terminal.print(overview(commands, invocation, terminal.paint));
  else if (name === "exit-codes") terminal.print(exitCodeHelp(commands, terminal.paint));
  else if (name === "environment") terminal.print(environmentHelp());
  else if (found !== undefined) terminal.print(commandHelp(found, invocation, terminal.paint));
  else if (verbs.length > 0) terminal.print(nounHelp(name, commands, invocation, terminal.paint));
  else return unknownTopic(name, commands);
  return ok(undefined);
}

function unknownTopic(name: string, commands: readonly Command[]): Result<void, Failure> {
  const meant = nearest(name, [...pages, ...commands.map((each) => each.path)]);
  return err(
    failure(
      2,
      `no help for "${name}"`,
      meant === null ? "see: octavo help" : `did you mean: octavo help ${meant}?`,
    ),
  );
}

function describe({ path, summary, operands, options, exits }: Command): object {
  return { command: path, summary, operands, options, exits };
}
