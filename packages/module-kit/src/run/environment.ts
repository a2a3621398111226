/** Reads variables and collects what is wrong with them, so that all is told at once. An empty variable is an unset one. */
export class Environment {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #readText: (path: string) => string;
  readonly mistakes: string[] = [];

  constructor(env: Readonly<Record<string, string | undefined>>, readText: (path: string) => string) {
    this.#env = env;
    this.#readText = readText;
  }

  text(name: string): string | null {
    const value = this.#env[name]?.trim() ?? "";
    return value === "" ? null : value;
  }

  oneOf<const T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = values.find((each) => each === text);
    if (value === undefined) this.mistakes.push(`${name} must be ${values.join(" or ")}, not "${text}"`);
    return value ?? otherwise;
  }

  integer(name: string, otherwise: number, { least, most }: { least: number; most: number }): number {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
    return otherwise;
  }

  /** The variable, or the file that `<name>_FILE` names. What it says is never repeated. */
  secret(name: string): string | null {
    const direct = this.text(name);
    const path = this.text(`${name}_FILE`);
    if (path === null) return direct;
    if (direct !== null) {
      this.mistakes.push(`${name} and ${name}_FILE are both set: keep one of them`);
      return null;
    }
    try {
      return this.#readText(path).trim();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.mistakes.push(`${name}_FILE names a file that cannot be read: ${why}`);
      return null;
    }
  }

  /** @param protocols "postgres:" */
  url(name: string, text: string | null, protocols: readonly string[]): string | null {
    if (text === null) return null;
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    this.mistakes.push(
      `${name} is no URL that begins with ${protocols.map((each) => `${each}//`).join(" or ")}`,
    );
    return null;
  }
}
