import { createHash } from "node:crypto";
import { Client } from "pg";
import type { FilledDatabase } from "./filled-database.ts";

/** The same statements as somebody writes them who knows the table: one connection, prepared by name, and around each the transaction that
 * the kit has, sent together with its first statement. */
export class ByHand {
  readonly #client: Client;
  readonly #schema: string;

  private constructor(client: Client, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  static async open({ loginUrl, place }: Pick<FilledDatabase, "loginUrl" | "place">): Promise<ByHand> {
    const client = new Client({ connectionString: loginUrl, pipeline: true });
    await client.connect();
    return new ByHand(client, place.schema);
  }

  read<Row extends object>(statements: readonly Written[]): Promise<readonly Row[]> {
    return this.#transaction("begin isolation level repeatable read read only", statements);
  }

  write<Row extends object>(statements: readonly Written[]): Promise<readonly Row[]> {
    return this.#transaction("begin", statements);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  /** @returns rows of the first statement */
  async #transaction<Row extends object>(
    begin: string,
    [first, ...others]: readonly Written[],
  ): Promise<readonly Row[]> {
    if (first === undefined) return [];
    const begun = this.#client.query(
      `${begin}; set local role "${this.#schema}"; set local search_path to "${this.#schema}"; set local statement_timeout to 30000; set local lock_timeout to 0; set local jit to off`,
    );
    const [, { rows }] = await Promise.all([begun, this.#query<Row>(first)]);
    for (const each of others) await this.#query(each);
    await this.#client.query("commit");
    return rows;
  }

  #query<Row extends object>([text, values]: Written) {
    const name = (names.get(text) ?? named(text)).slice(0, 20);
    const query = { name, text, values: [...values], queryMode: "extended" };
    return this.#client.query<Row>(query);
  }
}

export type Written = readonly [text: string, values: readonly unknown[]];

const names = new Map<string, string>();

function named(text: string): string {
  const name = createHash("md5").update(text).digest("hex");
  names.set(text, name);
  return name;
}
