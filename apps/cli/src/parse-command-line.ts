import { parseArgs } from "node:util";
import { err, ok, type Result } from "@octavo/result";
import type { Command, CommandInput, OperandSpecs, OptionSpecs } from "./command.ts";
import { failure, type Failure } from "./exit-codes.ts";
import { nearest } from "./nearest.ts";

/** What a command line asks for. */
export type Request =
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly input: CommandInput<OptionSpecs, OperandSpecs>;
    }
  | { readonly kind: "help"; readonly topic: readonly string[]; readonly json: boolean }
  | { readonly kind: "version"; readonly json: boolean };

/** Reads a command line without touching anything.
 * Not parseArgs' strict mode: its messages speak of JavaScript, and it knows no nearest suggestion. */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
): Result<Request, Failure> {
  const words = leadingWords(argv);
  const first = words[0];
  if (first === undefined) return withoutCommand(argv);
  const command = findCommand(words, commands);
  if (command === undefined) return unknownCommand(words, argv, commands);
  return readInput(command, argv.slice(command.path.split(" ").length));
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((argument) => argument.startsWith("-"));
  return end === -1 ? argv : argv.slice(0, end);
}

function withoutCommand(argv: readonly string[]): Result<Request, Failure> {
  const json = argv.includes("--json");
  const others = argv.filter((argument) => argument !== "--json");
  const [only] = others;
  if (only === undefined || only === "--help" || only === "-h") return ok({ kind: "help", topic: [], json });
  if (only === "--version" || only === "-v") return ok({ kind: "version", json });
  const meant = nearest(only, ["--help", "--version", "--json"]);
  return err(
    failure(
      2,
      `unknown option ${only} before the command`,
      meant === null ? "options follow the command" : `did you mean ${meant}?`,
    ),
  );
}

function findCommand(words: readonly string[], commands: readonly Command[]): Command | undefined {
  const named = [3, 2, 1].map((count) => words.slice(0, count).join(" "));
  return named
    .map((path) => commands.find((each) => each.path === path))
    .find((command) => command !== undefined);
}

function unknownCommand(
  words: readonly string[],
  argv: readonly string[],
  commands: readonly Command[],
): Result<Request, Failure> {
  const [noun = "", verb] = words;
  const verbs = commands.flatMap((each) =>
    each.path.startsWith(`${noun} `) ? [each.path.slice(noun.length + 1)] : [],
  );
  if (verbs.length > 0) {
    if (argv.includes("--help") || argv.includes("-h"))
      return ok({ kind: "help", topic: [noun], json: argv.includes("--json") });
    const list = verbs.join(", ");
    if (verb === undefined)
      return err(failure(2, `octavo ${noun} needs a verb: ${list}`, `see: octavo ${noun} --help`));
    const meant = nearest(verb, verbs);
    return err(
      failure(
        2,
        `unknown command: octavo ${noun} ${verb}`,
        meant === null ? `there are: ${list}` : `did you mean: octavo ${noun} ${meant}?`,
      ),
    );
  }
  const nouns = [...new Set(commands.map((each) => each.path.split(" ")[0] ?? each.path))];
  // The verb may tell what was meant: "octavo modul list", but also "octavo import".
  const meant = nearest(noun, nouns) ?? commands.find((each) => each.path.endsWith(` ${noun}`))?.path ?? null;
  return err(
    failure(
      2,
      `unknown command: octavo ${noun}`,
      meant === null ? "see: octavo help" : `did you mean: octavo ${meant}?`,
    ),
  );
}

function readInput(command: Command, rest: readonly string[]): Result<Request, Failure> {
  const specs: OptionSpecs = {
    ...command.options,
    json: { kind: "flag", help: "" },
    help: { kind: "flag", help: "" },
  };
  const { tokens } = parseArgs({
    args: [...rest],
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [
          name,
          { type: spec.kind === "flag" ? ("boolean" as const) : ("string" as const) },
        ]),
      ),
      help: { type: "boolean", short: "h" },
    },
  });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) return err(unknownOption(command, token.rawName, Object.keys(specs)));
    if (spec.kind === "flag") {
      if (token.value !== undefined) return err(misuse(command, `${token.rawName} takes no value`));
      given.set(token.name, []);
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith("-"))) {
      return err(misuse(command, `${token.rawName} needs a value: ${token.rawName} ${spec.value}`));
    }
    const values = given.get(token.name) ?? [];
    if (spec.kind === "text" && values.length > 0)
      return err(misuse(command, `${token.rawName} is given twice`));
    given.set(token.name, [...values, token.value]);
  }
  const json = given.has("json");
  if (given.has("help")) return ok({ kind: "help", topic: command.path.split(" "), json });
  const placed = placeOperands(command, operands);
  if (!placed.ok) return placed;
  return ok({
    kind: "run",
    command,
    input: { options: optionValues(command.options, given), operands: placed.value, json },
  });
}

function optionValues(
  specs: OptionSpecs,
  given: ReadonlyMap<string, readonly string[]>,
): CommandInput<OptionSpecs, OperandSpecs>["options"] {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const values = given.get(name);
      if (spec.kind === "flag") return [name, values !== undefined];
      return [name, spec.kind === "list" ? (values ?? []) : values?.[0]];
    }),
  );
}

function placeOperands(
  command: Command,
  given: readonly string[],
): Result<CommandInput<OptionSpecs, OperandSpecs>["operands"], Failure> {
  const placed: [string, string | undefined | readonly string[]][] = [];
  let next = 0;
  for (const [name, spec] of Object.entries(command.operands)) {
    const rest = given.slice(next);
    const [value] = rest;
    if (value === undefined && (spec.kind === "one" || spec.kind === "many")) {
      return err(misuse(command, `${spec.label} is missing: ${spec.help}`));
    }
    const takesAll = spec.kind === "many" || spec.kind === "any";
    placed.push([name, takesAll ? rest : value]);
    next += takesAll ? rest.length : 1;
  }
  const surplus = given[next];
  if (surplus !== undefined) return err(misuse(command, `"${surplus}" is one word too many`));
  return ok(Object.fromEntries(placed));
}

function unknownOption(command: Command, rawName: string, known: readonly string[]): Failure {
  const meant = nearest(
    rawName,
    known.map((name) => `--${name}`),
  );
  const remedy = meant === null ? `see: octavo ${command.path} --help` : `did you mean ${meant}?`;
  return failure(2, `octavo ${command.path}: unknown option ${rawName}`, remedy);
}

function misuse(command: Command, message: string): Failure {
  return failure(2, `octavo ${command.path}: ${message}`, `see: octavo ${command.path} --help`);
}
