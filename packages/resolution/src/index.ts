export * from "./create-module-index.ts";
export * from "./explain-step.ts";
export * from "./family.ts";
export type * from "./module-index.ts";
export * from "./plan-install.ts";
export type { PlanOptions } from "./plan-options.ts";
export type * from "./plan.ts";
export type * from "./resolve-error.ts";
