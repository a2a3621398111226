import type { Transaction } from "./transaction.ts";

export interface Answer {
  readonly rows: readonly object[];
  readonly rowCount: number;
}

/** What a statement may know of the server besides rows. */
export interface ServerFacts {
  /** Milliseconds of the server's clock. */
  readonly nowMs: number;
  /** "system id/timeline". */
  readonly server: string;
  /** A name that nobody has. */
  readonly newId: () => string;
}

/** What one statement of the program means, in terms of rows. */
export type Statement = (transaction: Transaction, values: Values, facts: ServerFacts) => Answer;

/** Statements by how their text begins, white space counted as one. */
export type Statements = Readonly<Record<string, Statement>>;

export const nothing: Answer = { rows: [], rowCount: 0 };

export function answer(rows: readonly object[]): Answer {
  return { rows, rowCount: rows.length };
}

export function changed(rowCount: number): Answer {
  return { rows: [], rowCount };
}

/** The values of a statement; one of another type than it says is a mistake of the simulation. */
export class Values {
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  text(number: number): string {
    const value = this.#at(number);
    if (typeof value !== "string") throw new Error(`$${number} is no text but ${JSON.stringify(value)}`);
    return value;
  }

  maybeText(number: number): string | null {
    return this.#at(number) === null ? null : this.text(number);
  }

  number(number: number): number {
    const value = this.#at(number);
    if (typeof value !== "number") throw new Error(`$${number} is no number but ${JSON.stringify(value)}`);
    return value;
  }

  maybeNumber(number: number): number | null {
    return this.#at(number) === null ? null : this.number(number);
  }

  truth(number: number): boolean {
    return this.#at(number) === true;
  }

  texts(number: number): readonly string[] {
    const value = this.#at(number);
    if (!Array.isArray(value)) throw new Error(`$${number} is no list but ${JSON.stringify(value)}`);
    return value.map(String);
  }

  /** What was sent as the text of JSON. */
  json(number: number): unknown {
    return JSON.parse(this.text(number));
  }

  #at(number: number): unknown {
    return this.#values[number - 1];
  }
}
