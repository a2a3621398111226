import { Client, DatabaseError } from "pg";
import type { Primary } from "./primary.ts";
import { Name } from "./statement.ts";

/** A connection of the provisioner for one piece of work. */
export class AdminSession {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  static async with<T>(
    primary: Primary,
    database: string,
    work: (session: AdminSession) => Promise<T>,
  ): Promise<T> {
    const client = await primary.find(database, async (config) => {
      const client = new Client(config);
      client.on("error", () => undefined); // what it is asked fails then
      await client.connect();
      return client;
    });
    try {
      return await work(new AdminSession(client));
    } finally {
      await client.end();
    }
  }

  async all(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await this.#client.query<Record<string, unknown>>(text, [...values])).rows;
  }

  async isThere(text: string, values: readonly unknown[]): Promise<boolean> {
    return (await this.all(text, values)).length > 0;
  }

  /** Within a transaction: what is refused for want of rights changes nothing and ends nothing.
   * @returns whether it was done */
  async mayDo(text: string): Promise<boolean> {
    await this.all("SAVEPOINT may_do");
    try {
      await this.all(text);
      await this.all("RELEASE SAVEPOINT may_do");
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== "42501") throw error;
      await this.all("ROLLBACK TO SAVEPOINT may_do");
      return false;
    }
  }
}

export function quoted(name: string): string {
  return new Name(name).quoted;
}

/** Text of ours that takes no bound values, as a password has to be written.
 * @see PostgreSQL, "String Constants with C-Style Escapes": a backslash makes it one */
export function literal(text: string): string {
  const escaped = text.replaceAll("'", "''").replaceAll("\\", "\\\\");
  return `${text.includes("\\") ? " E" : ""}'${escaped}'`;
}
