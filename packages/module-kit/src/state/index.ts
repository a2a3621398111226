export { defineState, State, type StateEntry, type StateInput, type WriteOptions } from "./define-state.ts";
export { acquireLease, holdsLease, type Lease, releaseLease, renewLease } from "./lease.ts";
export { state } from "./state-part.ts";
export type { StateRefusal } from "./state-refusal.ts";
