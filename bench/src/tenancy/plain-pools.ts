import { Pool } from "pg";

/** What one would write by hand: a pool of `pg` for each database, role and path set by hand within each transaction. */
export class PlainPools {
  readonly #urlOf: (database: string) => string;
  readonly #size: number;
  readonly #pools = new Map<string, Pool>();

  constructor(urlOf: (database: string) => string, size: number) {
    this.#urlOf = urlOf;
    this.#size = size;
  }

  async read(database: string, schema: string, id: number): Promise<unknown> {
    const client = await this.#pool(database).connect();
    try {
      await client.query(
        `begin isolation level repeatable read read only; set local role "${schema}"; set local search_path to "${schema}"`,
      );
      const { rows } = await client.query({
        name: "note",
        text: "select text from note where id = $1",
        values: [id],
      });
      await client.query("commit");
      return rows[0];
    } finally {
      client.release();
    }
  }

  #pool(database: string): Pool {
    let pool = this.#pools.get(database);
    if (pool === undefined) {
      pool = new Pool({ connectionString: this.#urlOf(database), max: this.#size });
      pool.on("error", () => undefined); // an idle connection was cut
      this.#pools.set(database, pool);
    }
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }
}
