export type { Pattern } from "./pattern.ts";
export type { Route } from "./route.ts";
export type { RouteTable } from "./route-table.ts";
export { compileRoutes } from "./route-table.ts";
export type { RouteTables } from "./route-tables.ts";
export { compileRouteTables } from "./route-tables.ts";
export { matchHandler, matchMultiple, pathEnd } from "./match-route.ts";
export type { RedirectError, Stage } from "./pipeline.ts";
export { pipelineOf } from "./pipeline.ts";
