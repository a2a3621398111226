export type * from "./plan.ts";
export type * from "./resolve-error.ts";
export type * from "./module-index.ts";
