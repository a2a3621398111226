import { DatabaseError } from "pg";
import type { AdminConnections } from "./admin-connections.ts";
import type { Connection } from "./connection.ts";
import { Name } from "./statement.ts";

/** A session of the provisioner for one piece of work. */
export class AdminSession {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  static with<T>(
    connections: AdminConnections,
    database: string,
    work: (session: AdminSession) => Promise<T>,
  ): Promise<T> {
    return connections.with(database, (connection) => work(new AdminSession(connection)));
  }

  async all(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await this.#connection.query({ text, values }, null)).rows;
  }

  /** Several statements, one after the other, without a wait between them.
   * @returns the rows of each */
  async allOf(texts: readonly string[]): Promise<readonly (readonly Record<string, unknown>[])[]> {
    return Promise.all(texts.map((text) => this.all(text)));
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
