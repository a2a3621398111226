import type { Result } from "@octavo/result";
import type { PoolClient } from "pg";
import type { Change } from "./change.ts";
import type { ClusterSigns } from "./cluster-signs.ts";
import type { Snapshot } from "./snapshot.ts";

/** The state in Postgres as somebody sees it who changes nothing: a snapshot that follows the database. */
export interface RegistryView {
  /** The newest snapshot that this instance has applied. Never goes back within a history. */
  readonly snapshot: Snapshot;
  readonly contact: Contact;
  readonly clock: Clock;
  /** Resolves when this instance has applied `revision` or a later one; false after `timeoutMs`. */
  reached(revision: number, timeoutMs: number): Promise<boolean>;
  /** Looks at the database now, for one who may have missed something. Resolves when the snapshot is as new as what was
   * seen there; false after `timeoutMs`, or without contact. */
  refresh(timeoutMs: number): Promise<boolean>;
  /** Called after each replacement of the snapshot; returns how to stop. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void;
  /** Called when rows that are no part of a snapshot may have changed: some instance announced it (`announceRows`), the
   * listening connection is new, or a second has passed with contact. Returns how to stop. */
  onRows(listener: () => void): () => void;
}

/** A view with one way to change the state. */
export interface Registry extends RegistryView {
  /** Runs a write: `decide` sees the newest snapshot and says what changes; it may run again after a lost race, so it
   * must be pure. What it decided is built and checked as a snapshot before it is committed, and is this instance's
   * snapshot, and its followers', when the promise resolves. */
  write<E>(
    intent: WriteIntent,
    decide: (snapshot: Snapshot) => Result<Decision, E>,
  ): Promise<Result<Committed, E | WriteError>>;
  /** A consistent read outside the snapshot (jobs, audit), on the registry's own connections: repeatable, read only. */
  read<T>(work: (client: PoolClient) => Promise<T>): Promise<Result<T, WriteError>>;
  /** Rows that are no part of a snapshot (steps of a job, leases) in one transaction: no revision, no audit. Where the
   * outcome is unknown it says so and does not try again: make `work` one that can be repeated. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<Result<T, WriteError>>;
  /** Waits until every instance with a live heartbeat has applied `revision`, at most so long: whoever is told then finds it
   * wherever he asks next. */
  settled(revision: number, timeoutMs: number): Promise<Settled>;
  /** Instances with a live heartbeat, this one included (Okapi: nodes). */
  instances(): readonly LiveInstance[];
  /** As they were at the last look, a second ago where there is contact. */
  readonly signs: ClusterSigns;
  /** From now on the heartbeat says so. */
  reportVitals(read: () => Omit<InstanceVitals, "isListening">): void;
  /** Newest protocol that this program knows. */
  readonly newestProtocol: number;
  /** Not written where no such instance is live: look into `instances()` first. */
  renameInstance(instanceId: string, name: string): Promise<Result<LiveInstance, WriteError>>;
  close(): Promise<void>;
}

export interface Contact {
  /** Whether the last look at the database succeeded. */
  readonly isUp: boolean;
  /** When one last did: clock of the database, ISO. */
  readonly lastAt: string | null;
  /** Why the snapshot no longer follows the database although there is contact, in a sentence for an operator; null
   * while it does. Such an instance must not be ready, and refuses writes. */
  readonly stoppedBecause: string | null;
}

/** The database's clock, carried on by this process's monotonic one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface WriteIntent {
  /** Who: "operator:<id>", "open-mode", "system:<what>", "user:<tenant>/<id>". */
  readonly actor: string;
  /** What, as the operation's name: "modules.import", "tenants.create". */
  readonly action: string;
  /** On what: a module id, a tenant id, "" for the platform. */
  readonly target: string;
  readonly requestId: string | null;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
}

export interface Decision {
  readonly changes: readonly Change[];
  /** What the caller will be told, as JSON text: kept under the idempotency key, so that a repeated call gets the same. */
  readonly answer: string;
  /** Rows of others (jobs) that must commit with the changes. Runs inside the transaction, before the counter. */
  readonly alsoWrite?: (client: PoolClient, revision: number) => Promise<void>;
}

export interface Committed {
  readonly revision: number;
  readonly snapshot: Snapshot;
  readonly answer: string;
  /** True where the answer is that of an earlier call under the same idempotency key. */
  readonly isReplay: boolean;
}

export type WriteError =
  /** No database: nothing was written, or (outcome "unknown") the connection was lost while committing. */
  | {
      readonly kind: "unavailable";
      readonly outcome: "not-written" | "unknown";
      readonly retryAfterSeconds: number;
      readonly cause: string;
      /** It is there, and has no room on its disk. */
      readonly isFull: boolean;
    }
  | { readonly kind: "idempotency-mismatch"; readonly key: string }
  /** The changes do not build a snapshot: a mistake of ours, caught before anybody saw it. */
  | { readonly kind: "poison"; readonly cause: string }
  /** It would write what gateways of the version before do not know. */
  | { readonly kind: "not-finalized"; readonly cause: string };

export interface LiveInstance {
  readonly id: string;
  readonly name: string | null;
  readonly url: string;
  readonly version: string;
  readonly startedAt: string;
  /** Line of history that its revision is one of; null where it has told none. */
  readonly history: string | null;
  readonly appliedRevision: number;
  /** What it can read and write. */
  readonly protocol: { readonly min: number; readonly max: number };
  /** When it was looked at. */
  readonly heartbeatAgeSeconds: number;
  /** null until it has said. */
  readonly vitals: InstanceVitals | null;
}

/** How an instance fares, as it says itself with each heartbeat. */
export interface InstanceVitals {
  readonly isReady: boolean;
  /** Why it is not ready. */
  readonly because: string | null;
  readonly isDraining: boolean;
  /** Processes that serve its connections; null where it is one. */
  readonly workers: { readonly wanted: number; readonly ready: number } | null;
  /** Whether it is woken by changes, or finds them by looking once a second. */
  readonly isListening: boolean;
}

/** How far a revision has come. "unknown": the database could not be asked. */
export type Settled =
  | {
      readonly kind: "known";
      readonly revision: number;
      /** How many instances are live. */
      readonly live: number;
      /** Those of them that have not applied it. */
      readonly missing: readonly LiveInstance[];
    }
  | { readonly kind: "unknown"; readonly revision: number; readonly cause: string };
