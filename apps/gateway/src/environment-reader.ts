import type { Result } from "@octavo/result";

/** Reads variables and collects what is wrong with them, so that all is told at once. An empty variable is an unset one. */
export class EnvironmentReader {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #readText: (path: string) => string;
  readonly #mistakes: string[] = [];

  constructor(env: Readonly<Record<string, string | undefined>>, readText: (path: string) => string) {
    this.#env = env;
    this.#readText = readText;
  }

  get mistakes(): readonly string[] {
    return this.#mistakes;
  }

  text(name: string): string | null {
    const value = this.#env[name]?.trim() ?? "";
    return value === "" ? null : value;
  }

  /** Whether the variable, or its file, is set, rightly or wrongly. */
  isGiven(name: string): boolean {
    return this.text(name) !== null || this.text(`${name}_FILE`) !== null;
  }

  parsed<T>(name: string, otherwise: T, parse: (text: string) => Result<T, string>): T {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = parse(text);
    if (value.ok) return value.value;
    this.#mistakes.push(`${name} ${value.error}`);
    return otherwise;
  }

  oneOf<const T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = values.find((each) => each === text);
    if (value === undefined) this.#mistakes.push(`${name} must be ${values.join(" or ")}, not "${text}"`);
    return value ?? otherwise;
  }

  integer(name: string, otherwise: number, { least, most }: { least: number; most: number }): number {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.#mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
    return otherwise;
  }

  /** A secret, or the file that holds it. What it says is never repeated. */
  secret<T>(name: string, parse: (text: string) => Result<T, string>): T | null {
    const direct = this.text(name);
    const path = this.text(`${name}_FILE`);
    if (direct !== null && path !== null) {
      this.#mistakes.push(`${name} and ${name}_FILE are both set: keep one of them`);
      return null;
    }
    if (path === null) return direct === null ? null : this.#parsedSecret(name, direct, parse);
    try {
      return this.#parsedSecret(`${name}_FILE: what ${path} holds`, this.#readText(path).trim(), parse);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#mistakes.push(`${name}_FILE names a file that cannot be read: ${why}`);
      return null;
    }
  }

  #parsedSecret<T>(subject: string, text: string, parse: (text: string) => Result<T, string>): T | null {
    const value = parse(text);
    if (value.ok) return value.value;
    this.#mistakes.push(`${subject} ${value.error}`);
    return null;
  }
}
