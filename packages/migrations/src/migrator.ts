import type { Place, Provisioner } from "@octavo/database";
import type { Result } from "@octavo/result";
import type { Collision } from "./ledger/ledger-row.ts";
import type { LintProblem } from "./lint/lint-problem.ts";
import type { ChangedStep } from "./plan/plan-migration.ts";
import type { Preflight } from "./preflight/preflight.ts";
import type { Step } from "./steps/step.ts";

/** A version of a module and all its steps from the first version on, the kit's before its own. */
export interface Release {
  /** The module's id: `octavo-tags-1.2.0`. */
  readonly version: string;
  readonly steps: readonly Step[];
}

export interface MigratorOptions {
  readonly provisioner: Provisioner;
  /** Names this process in leases; no two living ones have the same. */
  readonly instanceId: string;
  /** How long a killed process keeps others waiting. Default 10,000. */
  readonly leaseMs?: number;
  /** Rows of one transaction of a backfill. Default 500. */
  readonly batchRows?: number;
  /** How long to wait before the next batch, in milliseconds: by the lag of a replica, by the module's own p99. */
  readonly throttle?: (place: Place) => Promise<number>;
  /** Called after each thing that is committed, in order; must not throw. */
  readonly onEvent?: (event: MigrationEvent) => void;
  /** From 0 up to 1: how the pauses between attempts are spread. */
  readonly random?: () => number;
}

export interface MigrationEvent {
  readonly place: Place;
  readonly stepId: string;
  /** "wait": for a lock, or for an index that the server still builds. */
  readonly what: "begun" | "batch" | "part" | "done" | "undone" | "wait";
  /** Rows looked at so far, where it is a backfill. */
  readonly rows?: number;
}

export interface MigrateOptions {
  /** The version that the tenant has now, as the gateway says (`module_from`); null at a first install. Steps of that version and before
   * cannot be undone any more. */
  readonly from: string | null;
  /** Stops before the next batch or step; what was committed stays, and any instance goes on from it. */
  readonly signal?: AbortSignal;
}

export interface MigrationReport {
  readonly done: readonly string[];
  readonly alreadyDone: readonly string[];
  /** Contracts that wait for an operator or their retention. */
  readonly waiting: readonly string[];
  readonly collisions: readonly ({ readonly stepId: string } & Collision)[];
}

/** Why a migration is not at its end. What was committed stays; the tenant is as before for the version that it has. */
export type MigrationStop =
  | { readonly kind: "refused-step"; readonly problems: readonly LintProblem[]; readonly message: string }
  | ChangedStep
  /** Somebody else is at it. Ask again later: after the lease's end anybody goes on. */
  | { readonly kind: "held"; readonly by: string; readonly retryAfterMs: number; readonly message: string }
  /** Somebody else has taken over, since this process was too slow to renew its lease. */
  | { readonly kind: "lease-lost"; readonly message: string }
  | { readonly kind: "paused" | "stopped"; readonly stepId: string | null; readonly message: string }
  /** A lock could not be had in any attempt; the same call may be made again. */
  | { readonly kind: "locked"; readonly stepId: string; readonly message: string }
  | {
      readonly kind: "step-failed";
      readonly stepId: string;
      readonly sqlState: string | null;
      readonly message: string;
    }
  | { readonly kind: "verify-failed"; readonly stepId: string; readonly message: string };

/** Brings schemas of tenants from version to version. All of it may be called again at any time, by any instance.
 * @throws DatabaseBusy, DatabaseAway, CommitUnknown: ask again */
export interface Migrator {
  /** What `migrate` would do, how long it takes and what speaks against it; changes nothing. */
  preflight(place: Place, release: Release): Promise<Result<Preflight, MigrationStop>>;
  /** Makes the place where it is missing, then everything of the release but its contracts. */
  migrate(
    place: Place,
    release: Release,
    options: MigrateOptions,
  ): Promise<Result<MigrationReport, MigrationStop>>;
  /** Says that the gateway has moved the tenant to what was migrated last: it cannot be undone any more. Called when a tenant's module
   * is disabled; `migrate` and `contract` do it themselves by the version that they are told. */
  settle(place: Place): Promise<void>;
  /** Removes what steps that are not settled have added, newest first. Tables with rows go to the trash. Its batches may stop as those of
   * `migrate` do. */
  undo(
    place: Place,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<readonly string[], MigrationStop>>;
  /** Ids of contracts that have been waiting for as many days, or were begun, of whatever release; changes nothing. */
  due(place: Place, whenDays: number): Promise<readonly string[]>;
  /** Does the contracts of the release which the tenant has.
   * @param whenDays only those that have been waiting for as many days; 0: an operator asks for all */
  contract(place: Place, release: Release, whenDays: number): Promise<Result<MigrationReport, MigrationStop>>;
  /** Brings back what a contract took out of use, until the retention of the trash is over; the contract waits again. */
  restore(place: Place, stepId: string): Promise<Result<null, MigrationStop>>;
  /** A migration that runs stops before its next batch or step, at any instance, and is refused until `resume`. */
  pause(place: Place): Promise<void>;
  resume(place: Place): Promise<void>;
}
