import type { Readiness } from "@octavo/management-api";
import type { Registry, Snapshot } from "@octavo/registry";

/** Above this the event loop is too busy to take more (reliability 4.2). */
const MOST_LAG_MS = 1000;

/** Of the registry, what readiness depends on. */
export interface FollowedState extends Pick<Registry, "contact"> {
  readonly snapshot: Pick<Snapshot, "revision">;
}

export interface Vitals {
  readonly isDraining: boolean;
  readonly loopLagMs: number;
}

/** Whether this instance takes requests. It asks nobody: the state is in memory, and a database that is away takes nothing
 * from it (reliability 2.5). */
export function readinessOf(registry: FollowedState, vitals: Vitals): Readiness {
  const because = whyNot(registry, vitals);
  return {
    ready: because === null,
    revision: registry.snapshot.revision,
    database: registry.contact.isUp ? "up" : "down",
    ...(because === null ? {} : { because }),
  };
}

function whyNot({ contact }: FollowedState, { isDraining, loopLagMs }: Vitals): string | null {
  if (isDraining) return "It is draining: it was asked to stop";
  if (contact.stoppedBecause !== null) return contact.stoppedBecause;
  if (loopLagMs >= MOST_LAG_MS) return `It is overloaded: its event loop is ${Math.round(loopLagMs)} ms late`;
  return null;
}
