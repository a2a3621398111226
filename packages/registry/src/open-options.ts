import type { ModuleDescriptor } from "@octavo/descriptor";
import type { ApplyGuard } from "./apply-guard.ts";
import type { LogLimits } from "./change-log/log-limits.ts";
import type { Protocol } from "./protocol.ts";
import type { RegistryEvent } from "./registry-event.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Snapshot } from "./snapshot.ts";

export interface RegistryOptions {
  /** A direct connection: LISTEN does not pass through a pooler in transaction mode. */
  readonly connectionString: string;
  readonly instance: InstanceIdentity;
  /** The module that the gateway itself is (okapi-7.2.0): known without a row, enabled by its product. */
  readonly internalModule: ModuleDescriptor;
  readonly log: (event: RegistryEvent) => void;
  /** Others who follow this instance's snapshot (workers): it is as far as the slowest of them. Default: nobody. */
  readonly followers?: InstanceFollowers;
  /** How often the database is looked at, whether or not anything was heard; default 1000, each time ±20 %. */
  readonly pollIntervalMs?: number;
  /** Connections beside the one that listens; default 8, at least 3. */
  readonly poolSize?: number;
  /** Names the ways of following; a test sets false to see the poll alone. Default true. */
  readonly isListening?: boolean;
  /** Marks what is being applied, for the next process where this one dies of it. Default: nobody does. */
  readonly guard?: ApplyGuard | null;
  /** What this program knows of the protocol between instances; a test stands for a program of the future. */
  readonly protocol?: Protocol;
  /** How much of the log of changes stays. Default: 30 days, 100,000 changes. */
  readonly logLimits?: LogLimits;
  /** Where connections and time come from; a simulation has its own. Default: pg, and this machine. */
  readonly surroundings?: Surroundings;
}

export interface InstanceFollowers {
  /** What all of them have applied, `own` included. */
  applied(own: AppliedState): AppliedState;
  /** Resolves when all of them have applied `revision`, or when that takes too long. */
  reached(revision: number): Promise<unknown>;
}

export type AppliedState = Pick<Snapshot, "revision" | "history">;

export interface InstanceIdentity {
  /** A new UUID for each start of the process. */
  readonly id: string;
  readonly name: string | null;
  readonly url: string;
  readonly version: string;
}

/** Why the state cannot be opened; `message` says what to do. */
export interface OpenError {
  readonly kind:
    | "unreachable"
    | "postgres-too-old"
    | "not-utf8"
    | "schema-newer"
    | "migration-changed"
    | "migration-failed"
    | "unreadable";
  readonly message: string;
}
