export type * from "./job.ts";
export * from "./job-as-okapi.ts";
export * from "./job-store.ts";
export * from "./plan-as-okapi.ts";
export * from "./enablement-of.ts";
export * from "./system-calls.ts";
