export { proposeLost, type Proposer } from "./propose-lost.ts";
export { acknowledgeRewind, readRewinds, type LostChange, type StoredRewind } from "./stored-rewinds.ts";
