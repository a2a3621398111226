/** What an operator may want to know, one line each. Those that need a person say so in `remedy`. */
export type RegistryEvent =
  | { readonly kind: "schema-migrated"; readonly version: number; readonly name: string }
  | { readonly kind: "contact-lost"; readonly cause: string }
  | { readonly kind: "contact-restored" }
  | { readonly kind: "listening" }
  | { readonly kind: "listening-lost"; readonly cause: string }
  | {
      readonly kind: "snapshot-loaded";
      readonly because: "start" | "file" | "history" | "gap";
      readonly revision: number;
      readonly modules: number;
      readonly durationMs: number;
    }
  /** What another has written is served here; `afterMs`: since the oldest of it was written, by the database's clock. */
  | { readonly kind: "applied"; readonly revision: number; readonly afterMs: number }
  /** A write of this instance was waited for; `missing`: how many had not applied it then, null where that is not known. */
  | { readonly kind: "settled"; readonly waitedMs: number; readonly missing: number | null }
  /** The database no longer holds what was applied here: a failover lost acknowledged changes. */
  | {
      readonly kind: "history-rewound";
      readonly from: { readonly history: string; readonly revision: number; readonly hash: string };
      readonly to: { readonly history: string; readonly revision: number; readonly hash: string };
      readonly remedy: string;
    }
  /** The old snapshot stays; nothing newer is applied until the state can be read again. */
  | {
      readonly kind: "following-stopped";
      readonly revision: number;
      readonly cause: string;
      readonly remedy: string;
    }
  /** It has ended this program while it was applied. `serves`: the revision in place of it; null: there is none. */
  | {
      readonly kind: "revision-quarantined";
      readonly revision: number;
      readonly because: string;
      readonly serves: number | null;
    }
  /** Another server, or the same one on another timeline, with everything that was applied here. */
  | { readonly kind: "server-changed"; readonly from: string; readonly to: string }
  | { readonly kind: "following-resumed"; readonly revision: number }
  | {
      readonly kind: "poison-refused";
      readonly action: string;
      readonly target: string;
      readonly cause: string;
    }
  | {
      readonly kind: "outcome-settled";
      readonly action: string;
      readonly outcome: "written" | "not-written" | "unknown";
    }
  /** A write begins again: the database had moved on, or another writer was first. */
  | { readonly kind: "write-repeated"; readonly action: string; readonly because: "behind" | "lost" }
  | {
      readonly kind: "snapshot-file-written";
      readonly revision: number;
      readonly bytes: number;
      readonly durationMs: number;
    }
  /** Without one this instance cannot start while the database is away. */
  | { readonly kind: "snapshot-file-failed"; readonly cause: string; readonly remedy: string }
  | { readonly kind: "snapshot-file-refused"; readonly path: string; readonly because: string }
  | { readonly kind: "listener-failed"; readonly cause: string }
  /** The old end of the log of changes went; it begins after `until` now. */
  | { readonly kind: "log-cut"; readonly removed: number; readonly until: number }
  | { readonly kind: "swept"; readonly idempotencyKeys: number; readonly instances: number };
