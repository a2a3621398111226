import type { LogLevel } from "./log.ts";

/** A gateway's configuration: read once, checked as a whole, frozen. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** null: embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | null;
  readonly managementAuth: "open" | "closed";
  readonly operatorToken: string | null;
  /** 32 bytes that wrap what is secret in the database. null: generated in the data folder. */
  readonly key: Uint8Array | null;
  /** X-Okapi-Url, without a slash at the end. null: made from host and port. */
  readonly url: string | null;
  readonly nodeName: string | null;
  /** Origins of browsers that may call with credentials. Open mode reflects every origin, as Okapi does. */
  readonly corsOrigins: readonly string[];
  readonly drainDelayMs: number;
  readonly drainGraceMs: number;
  readonly logLevel: LogLevel;
  /** An upper bound over each operation's own body limit. */
  readonly maxBodyBytes: number;
  /** What is odd but not wrong, for the log. */
  readonly warnings: readonly string[];
}
