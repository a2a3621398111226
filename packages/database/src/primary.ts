import type { ClientConfig } from "pg";
import { configFor, hostUrls } from "./cluster.ts";
import { Connection } from "./connection.ts";
import { isNoPlace, messageOf } from "./failure.ts";
import { DatabaseAway, TenantUnknown } from "./module-database.ts";

export interface ConnectOptions {
  /** Whether statements have names. */
  readonly prepares: boolean;
  /** Longest wait for an answer, after which the connection counts as cut: the server's own limit is the shorter one. 0: none. */
  readonly answerMs: number;
}

/** Finds the server of a cluster that takes writes: the one of last time first, then the others in their order. */
export class Primary {
  readonly #urls: readonly string[];
  #last = 0;

  constructor(url: string) {
    this.#urls = hostUrls(url);
  }

  /** @throws DatabaseAway where none takes writes; TenantUnknown where there is no such database */
  async connect(database: string, { prepares, answerMs }: ConnectOptions): Promise<Connection> {
    return this.find(database, async (config) => {
      const connection = await Connection.open({ ...config, query_timeout: answerMs }, prepares);
      if (this.#urls.length === 1 || (await takesWrites(connection))) return connection;
      await connection.close();
      return null;
    });
  }

  /** The first host where `attempt` finds what it wants; a host that does not answer is passed over. */
  async find<T>(database: string, attempt: (config: ClientConfig) => Promise<T | null>): Promise<T> {
    const reasons: string[] = [];
    const count = this.#urls.length;
    for (let n = 0; n < count; n += 1) {
      const at = (this.#last + n) % count;
      const url = this.#urls[at] ?? "";
      const { host } = new URL(url);
      try {
        const found = await attempt(configFor(url, database));
        if (found !== null) {
          this.#last = at;
          return found;
        }
        reasons.push(`${host} takes no writes`);
      } catch (error) {
        // What else fails here (a password, too many connections) may be mended meanwhile.
        if (isNoPlace(error))
          throw new TenantUnknown(`there is no database for it: ${messageOf(error)}`, { cause: error });
        reasons.push(`${host}: ${messageOf(error)}`);
      }
    }
    throw new DatabaseAway(`no server takes writes: ${reasons.join("; ")}`);
  }
}

/** One host needs no question: that it takes no writes shows at the first one. */
async function takesWrites(connection: Connection): Promise<boolean> {
  const text =
    "SELECT NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off' AS is_primary";
  const { rows } = await connection.query({ text, values: [] }, null);
  return rows[0]?.["is_primary"] === true;
}
