import type { Readiness } from "@octavo/management-api";
import type { AppliedState, ClusterSigns, Registry } from "@octavo/registry";
import type { WorkersState } from "./workers/workers-state.ts";

/** Above this the event loop is too busy to take more (reliability 4.2). */
const MOST_LAG_MS = 1000;

/** Of the registry, what readiness depends on. */
export interface FollowedState extends Pick<Registry, "contact"> {
  readonly snapshot: AppliedState;
  readonly signs: Pick<ClusterSigns, "openRewinds">;
}

export interface Vitals {
  readonly isDraining: boolean;
  readonly loopLagMs: number;
  /** null where this process serves connections itself. */
  readonly workers: WorkersState | null;
  /** Whether the state is that of its snapshot file, and the database has not been met since the start. */
  readonly isFromFile: boolean;
}

/** Whether this instance takes requests. It asks nobody: the state is in memory, and a database that is away takes nothing
 * from it (reliability 2.5). */
export function readinessOf(registry: FollowedState, vitals: Vitals): Readiness {
  const because = whyNot(registry, vitals);
  const notes = notesOn(registry);
  return {
    ready: because === null,
    revision: vitals.workers?.applied(registry.snapshot).revision ?? registry.snapshot.revision,
    database: registry.contact.isUp ? "up" : "down",
    ...(vitals.isFromFile ? { state: "snapshot-file" as const, clock: "machine" as const } : {}),
    ...(vitals.workers === null
      ? {}
      : { workers: { wanted: vitals.workers.wanted, ready: vitals.workers.ready } }),
    ...(because === null ? {} : { because }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** What takes nothing from its readiness, and wants a person all the same. */
function notesOn({ signs }: FollowedState): string[] {
  const { openRewinds } = signs;
  if (openRewinds === 0) return [];
  return [
    "The database has lost acknowledged changes, and nobody has acknowledged the loss: see octavo cluster rewinds",
  ];
}

function whyNot({ contact }: FollowedState, { isDraining, loopLagMs, workers }: Vitals): string | null {
  if (isDraining) return "It is draining: it was asked to stop";
  if (workers !== null) {
    const { ready, wanted, hasStarted } = workers;
    // Later one is enough: the others are being started again, or replaced.
    if (!hasStarted) return `It is starting: ${ready} of ${wanted} workers are ready`;
    if (ready === 0) return "None of its workers is ready";
  }
  if (contact.stoppedBecause !== null) return contact.stoppedBecause;
  if (loopLagMs >= MOST_LAG_MS) return `It is overloaded: its event loop is ${Math.round(loopLagMs)} ms late`;
  return null;
}
