import type { RegistryEvent } from "@octavo/registry";
import type { Log } from "./log.ts";

/** What the registry tells, as lines of the log: a constant message for each kind. */
export function logRegistryEvents(log: Log): (event: RegistryEvent) => void {
  return (event) => {
    switch (event.kind) {
      case "schema-migrated":
        return log.info({ version: event.version, name: event.name }, "database schema migrated");
      case "contact-lost":
        return log.warn({ cause: event.cause }, "database lost; requests are served from the last state");
      case "contact-restored":
        return log.info({}, "database is back");
      case "listening":
        return log.debug({}, "listening for changes");
      case "listening-lost":
        return log.warn({ cause: event.cause }, "no longer woken by changes; looking once a second");
      case "snapshot-loaded": {
        const { because, revision, modules, durationMs } = event;
        return log.info({ because, revision, modules, durationMs: Math.round(durationMs) }, "state loaded");
      }
      case "history-rewound":
        return log.error(
          {
            lostFrom: `${event.from.history}@${event.from.revision}`,
            now: `${event.to.history}@${event.to.revision}`,
            remedy: event.remedy,
          },
          "the database lost changes that had been acknowledged",
        );
      case "following-stopped":
        return log.error(
          { revision: event.revision, cause: event.cause, remedy: event.remedy },
          "changes cannot be applied; the last state stays",
        );
      case "revision-quarantined":
        return log.error(
          { revision: event.revision, serves: event.serves, remedy: event.because },
          "a revision has ended this program while it was applied",
        );
      case "server-changed":
        return log.warn(
          { from: event.from, to: event.to },
          "another database server, or another timeline of it",
        );
      case "following-resumed":
        return log.info({ revision: event.revision }, "changes are applied again");
      case "poison-refused":
        return log.error(
          { action: event.action, target: event.target, cause: event.cause },
          "a change was refused because no state comes out of it",
        );
      case "outcome-settled":
        return log.warn({ action: event.action, outcome: event.outcome }, "a commit's outcome was in doubt");
      case "write-repeated":
        return log.debug({ action: event.action, because: event.because }, "a write begins again");
      case "snapshot-file-written": {
        const { revision, bytes, durationMs } = event;
        return log.debug({ revision, bytes, durationMs: Math.round(durationMs) }, "snapshot file written");
      }
      case "snapshot-file-failed":
        return log.error(
          { cause: event.cause, remedy: event.remedy },
          "the snapshot file cannot be written; without one no start while the database is away",
        );
      case "snapshot-file-refused":
        return log.error({ path: event.path, because: event.because }, "snapshot file refused");
      case "listener-failed":
        return log.error({ cause: event.cause }, "a follower of the state failed");
      case "applied":
        return log.debug({ revision: event.revision, afterMs: Math.round(event.afterMs) }, "applied");
      case "settled":
        return log.debug({ waitedMs: Math.round(event.waitedMs), missing: event.missing }, "waited for all");
      case "log-cut":
        return log.info({ removed: event.removed, until: event.until }, "the old end of the change log went");
      case "swept":
        return log.debug({ idempotencyKeys: event.idempotencyKeys, instances: event.instances }, "swept");
    }
  };
}
