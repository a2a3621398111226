import { columns } from "./columns.ts";
import type { Command, OptionSpecs } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Paint } from "./terminal.ts";

/** The first page: what there is, and what to type first. */
export function overview(commands: readonly Command[], invocation: string, paint: Paint): string {
  return sections([
    [`${paint.bold("octavo")}: knows, plans and runs a library services platform`],
    [
      paint.bold("First steps"),
      columns(
        [
          [`${invocation} up`, "a whole platform on this machine, for trial"],
          [`${invocation} doctor`, "what is missing here, and what to do about it"],
          [`${invocation} plan install demo --all`, "what an install would do, and why"],
        ],
        "  ",
      ),
    ],
    [paint.bold("Commands"), commandList(commands)],
    [
      paint.bold("Everywhere"),
      columns(
        [
          ["--json", "the result as JSON on stdout; talk stays on stderr"],
          ["--help, -h", "examples, operands, options and exit codes of a command"],
          ["--version, -v", "the version of this program"],
        ],
        "  ",
      ),
    ],
    [`More: ${invocation} help COMMAND, ${invocation} help exit-codes, ${invocation} help environment`],
  ]);
}

export function commandHelp(command: Command, invocation: string, paint: Paint): string {
  const operands = Object.values(command.operands);
  const usage = [invocation, command.path, ...operands.map(operandUsage), "[options]"].join(" ");
  const exits = Object.entries(command.exits);
  return sections([
    [`${paint.bold(`octavo ${command.path}`)}: ${command.summary}`],
    [
      paint.bold("Examples"),
      ...command.examples.flatMap((each) => [
        `  ${invocation} ${each.line}`,
        paint.dim(`      ${each.says}`),
      ]),
    ],
    command.description === undefined ? [] : [command.description],
    [paint.bold("Usage"), `  ${usage}`],
    operands.length === 0
      ? []
      : [
          paint.bold("Operands"),
          columns(
            operands.map((each) => [each.label, each.help]),
            "  ",
          ),
        ],
    [paint.bold("Options"), columns(optionRows(command.options), "  ")],
    [paint.bold("Exit codes"), columns(exits, "  ")],
  ]);
}

export function nounHelp(
  noun: string,
  commands: readonly Command[],
  invocation: string,
  paint: Paint,
): string {
  const verbs = commands.filter((each) => each.path.startsWith(`${noun} `));
  return sections([
    [`${paint.bold(`octavo ${noun}`)}: ${verbs.length} ${verbs.length === 1 ? "command" : "commands"}`],
    [commandList(verbs)],
    [`More: ${invocation} ${noun} VERB --help`],
  ]);
}

export function exitCodeHelp(commands: readonly Command[], paint: Paint): string {
  // The others mean the same everywhere, and would only repeat the list above.
  const own = commands.map(({ path, exits }) => [path, `0 ${exits[0] ?? "done"}`, `1 ${exits[1] ?? "-"}`]);
  return sections([
    [paint.bold("Exit codes"), columns(Object.entries(exitCodes), "  ")],
    [paint.bold("By command"), columns(own, "  ")],
  ]);
}

function commandList(commands: readonly Command[]): string {
  return columns(
    commands.map((each) => [each.path, each.summary]),
    "  ",
  );
}

function operandUsage(operand: Command["operands"][string]): string {
  const forms = {
    one: operand.label,
    optional: `[${operand.label}]`,
    many: `${operand.label}...`,
    any: `[${operand.label}...]`,
  };
  return forms[operand.kind];
}

function optionRows(options: OptionSpecs): readonly (readonly string[])[] {
  const own = Object.entries(options).map(([name, spec]) => [
    spec.kind === "flag" ? `--${name}` : `--${name} ${spec.value}`,
    spec.kind === "list" ? `${spec.help} (may be repeated)` : spec.help,
  ]);
  return [...own, ["--json", "the result as JSON on stdout"], ["--help, -h", "this page"]];
}

function sections(parts: readonly (readonly string[])[]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
