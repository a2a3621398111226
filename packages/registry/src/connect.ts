import { Client, Pool, type ClientConfig } from "pg";

/** Whose connections they are, and to what. */
export interface ConnectionOptions {
  readonly connectionString: string;
  readonly instance: { readonly id: string; readonly name: string | null };
  /** Beside the one that listens. */
  readonly poolSize?: number;
}

/** Every wait has a bound, on both sides: a frozen server still accepts connections and never answers. The server's limits
 * are the shorter ones, so that its own sentence comes first. */
export const limits = {
  connectMs: 900,
  /** The first statement of a write: with `connectMs` it bounds how long a caller waits to hear "unavailable". */
  beginMs: 900,
  statementMs: 5000,
  idleInTransactionMs: 5000,
  answerMs: 6000,
} as const;

function settings(options: ConnectionOptions): ClientConfig {
  return {
    connectionString: options.connectionString,
    fallback_application_name: `octavo ${options.instance.name ?? options.instance.id}`,
    connectionTimeoutMillis: limits.connectMs,
    statement_timeout: limits.statementMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
    query_timeout: limits.answerMs,
    keepAlive: true,
  };
}

export function createPool(options: ConnectionOptions): Pool {
  // A write that takes the counter's row catches up on a second connection, and a poll must never wait for both.
  const pool = new Pool({ ...settings(options), max: Math.max(3, options.poolSize ?? 8) });
  pool.on("error", ignore);
  // For as long as it lives: the pool stops listening while it closes a connection, and a server that is stopped in that
  // moment would end this process.
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

export function createListeningClient(options: ConnectionOptions): Client {
  return new Client(settings(options));
}

function ignore(): void {
  // A connection was cut. Its statement fails too, or the next poll finds out that the database is away.
}
