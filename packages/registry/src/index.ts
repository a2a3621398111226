export * from "./open-registry.ts";
export * from "./apply-changes.ts";
export * from "./audit.ts";
export * from "./lease.ts";
export type * from "./change.ts";
export type * from "./registry.ts";
export type * from "./open-options.ts";
export type * from "./registry-event.ts";
export type * from "./snapshot.ts";
