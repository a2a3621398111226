import type { InstanceFollowers } from "@octavo/registry";

/** Workers as readiness sees them. */
export interface WorkersState extends Pick<InstanceFollowers, "applied"> {
  readonly wanted: number;
  readonly ready: number;
  /** All were ready once. */
  readonly hasStarted: boolean;
  /** Of the worst event loop among them, in milliseconds. */
  readonly lagMs: number;
}
