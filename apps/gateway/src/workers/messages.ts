import type { Contact, SnapshotPatch, WriteIntent } from "@octavo/registry";
import type { GatewayConfig } from "../config.ts";
import type { Platform } from "../management/platform.ts";
import type { PlainFamily } from "../metrics/join-processes.ts";

/** What a parent and its workers tell each other. Both are the same program, so nothing of it is checked; it travels as a
 * structured clone, in order, connections included: what was sent before a connection is known when it comes. */
export type ToWorker =
  | {
      readonly kind: "begin";
      readonly config: GatewayConfig;
      /** 32 bytes that wrap what is secret in the database. */
      readonly octavoKey: Uint8Array;
      readonly instance: Platform["instance"];
      /** Where the parent answers what needs the database: a Unix socket. */
      readonly parentPath: string;
      readonly told: Told;
    }
  /** @see inSlices; `isLast` where nothing is known that it does not bring */
  | { readonly kind: "patch"; readonly patch: SnapshotPatch; readonly isLast: boolean }
  /** Rows beside the snapshot may have changed, or contact to the database. */
  | { readonly kind: "rows"; readonly told: Told }
  /** Comes with a connection; answered by "taken". */
  | { readonly kind: "connection" }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  /** Answers say `Connection: close` from now on. */
  | { readonly kind: "startDraining" }
  /** No connection comes after this. `keepsIdle`: an idle connection stays until its next answer or the end of the grace. */
  | { readonly kind: "end"; readonly keepsIdle: boolean; readonly graceMs: number }
  /** The grace is over now. */
  | { readonly kind: "hurry" }
  /** Answered by "scraped". */
  | { readonly kind: "scrape" };

/** What comes after the beginning, answers apart. */
export type ToWorkerLater = Exclude<ToWorker, { readonly kind: "begin" } | { readonly kind: "answer" }>;

export type FromWorker =
  /** It has the first snapshot and can serve. */
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly because: string }
  | { readonly kind: "applied"; readonly revision: number; readonly history: string }
  | { readonly kind: "taken" }
  | { readonly kind: "scraped"; readonly families: readonly PlainFamily[] }
  /** Comes each second: a worker that says nothing is stuck. */
  | { readonly kind: "vitals"; readonly open: number; readonly lagMs: number; readonly rssBytes: number }
  | { readonly kind: "ask"; readonly id: number; readonly question: Question }
  /** The last one. */
  | { readonly kind: "ended"; readonly cut: number };

/** What only the parent can say or do; null answers: not now. */
export type Question =
  | { readonly of: "endedSessions"; readonly sinceMs: number }
  | { readonly of: "signingSecrets"; readonly kids: readonly string[] }
  /** The revision at which the parent is, once it has looked at the database. */
  | { readonly of: "revision" }
  | { readonly of: "audit"; readonly intent: WriteIntent };

export interface Told {
  readonly contact: Contact;
  /** Milliseconds of the one clock ... */
  readonly nowMs: number;
  /** ... when the monotonic clock of this machine, which all its processes share, said this. */
  readonly monotonicMs: number;
}

export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** What the one clock says now. */
export function nowOf(told: Told): number {
  return told.nowMs + (monotonicMs() - told.monotonicMs);
}
