import type { Result } from "@octavo/result";
import type { ExitCode, Failure } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** One command of `octavo`, as data: parsing, help and the list of commands are made from it. */
export interface Command<
  Options extends OptionSpecs = OptionSpecs,
  Operands extends OperandSpecs = OperandSpecs,
> {
  /** Noun then verb: "module import"; one word where there is no noun. */
  readonly path: string;
  /** One line, a verb in the third person, no full stop. */
  readonly summary: string;
  /** Paragraphs below the summary, wrapped by the author at 100 columns. */
  readonly description?: string;
  readonly examples: readonly Example[];
  /** In the order in which they are typed. Only the last may be "optional" or "many". */
  readonly operands: Operands;
  /** Without `--json` and `--help`, which every command has. */
  readonly options: Options;
  readonly exits: Partial<Record<ExitCode, string>>;
  run(input: CommandInput<Options, Operands>, context: CommandContext): Promise<Result<void, Failure>>;
}

interface Example {
  readonly line: string;
  readonly says: string;
}

/** "flag" is there or not, "text" has one value, "list" may be repeated. */
type OptionSpec =
  | { readonly kind: "flag"; readonly help: string }
  | { readonly kind: "text" | "list"; readonly value: string; readonly help: string };
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** "many" is one or more, "any" is none or more. */
interface OperandSpec {
  readonly kind: "one" | "optional" | "many" | "any";
  readonly label: string;
  readonly help: string;
}
export type OperandSpecs = Readonly<Record<string, OperandSpec>>;

export interface CommandInput<Options extends OptionSpecs, Operands extends OperandSpecs> {
  readonly options: { readonly [Name in keyof Options]: OptionValue<Options[Name]["kind"]> };
  readonly operands: { readonly [Name in keyof Operands]: OperandValue<Operands[Name]["kind"]> };
  readonly json: boolean;
}
type OptionValue<Kind> = Kind extends "flag"
  ? boolean
  : Kind extends "list"
    ? readonly string[]
    : string | undefined;
type OperandValue<Kind> = Kind extends "one"
  ? string
  : Kind extends "optional"
    ? string | undefined
    : readonly string[];

/** What a command may touch beside its input. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Asks a question that is answered by yes or no; null where there is nobody to ask. */
  readonly confirm: (question: string) => Promise<boolean | null>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** How the user calls this program: "octavo", or through npm inside the repository. */
  readonly invocation: string;
  /** Where the command was typed, absolute: relative paths of the command line begin there (caller-folder.ts). */
  readonly folder: string;
}

/** Keeps the literal types of a command's options and operands, so that `run` gets its input typed. */
export function command<const Options extends OptionSpecs, const Operands extends OperandSpecs>(
  spec: Command<Options, Operands>,
): Command<Options, Operands> {
  return spec;
}
