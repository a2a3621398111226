import type { ModulePart } from "../definition/part.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { leaseSteps, stateSteps } from "./state-steps.ts";
import { sweepLeases, sweepState } from "./sweep-state.ts";

/** Brings the table of `defineState` and of leases, and removes what has run out. */
export function state(): ModulePart {
  return {
    name: "state",
    steps: [...leaseSteps, ...stateSteps],
    start: (running) => visitsOf(running).join({ sweeps: [sweepState, sweepLeases] }),
  };
}
