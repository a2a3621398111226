export type * from "./snapshot.ts";
export type * from "./change.ts";
export type * from "./registry.ts";
