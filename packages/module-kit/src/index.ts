export { Type, type Static, type TProperties, type TSchema } from "typebox";

export {
  allRecords,
  and,
  type Clause,
  contains,
  cql,
  descending,
  differs,
  equal,
  isDefined,
  minus,
  not,
  oneOf,
  or,
  ordered,
  startsWith,
  words,
} from "@octavo/cql";
export {
  CommitUnknown,
  DatabaseAway,
  DatabaseBusy,
  join,
  name,
  type ReadTransaction,
  sql,
  type Sql,
  type Statement,
  TenantUnknown,
  type Transaction,
} from "@octavo/database";
export {
  backfill,
  constraint,
  contract,
  dropColumn,
  dropConstraint,
  dropFunction,
  dropIndex,
  dropTable,
  dropTrigger,
  dropView,
  expand,
  expandIndex,
  noRows,
  notNull,
  referenceData,
  sameCount,
  type Step,
  verify,
} from "@octavo/migrations";
export { cacheStatistics, defineCache } from "./cache/define-cache.ts";
export type { Cache, CacheOptions, CacheStatistics } from "./cache/cache.ts";
export type { CallAnswer, CallError, CallRequest, Calls } from "./calls/calls.ts";
export { cannotBeAsked, isAbsent, passedOn } from "./calls/refused-calls.ts";
export * from "./collections/index.ts";
export {
  bytes,
  type Bytes,
  streamed,
  type Streamed,
  type Answer,
  type Answers,
} from "./definition/answer.ts";
export { descriptorOf } from "./definition/descriptor.ts";
export { defineInterface, type InterfaceDefinition } from "./definition/interface.ts";
export type { Log } from "./definition/log.ts";
export { defineModule } from "./define-module.ts";
export type { ModuleDefinition, ModuleInput } from "./definition/module.ts";
export type { HealthFact, ModulePart, RunningModule, Stop } from "./definition/part.ts";
export { openApiOf } from "./definition/openapi.ts";
export type { PermissionDefinition } from "./definition/permission.ts";
export type { RequestContext } from "./definition/request-context.ts";
export { type Call, type RequestDatabase, route, type Route } from "./definition/route.ts";
export { timer, type TimerDefinition } from "./definition/timer.ts";
export { currentContext } from "./http/current-context.ts";
export {
  badRequest,
  conflict,
  type ErrorEntry,
  forbidden,
  invalid,
  notFound,
  type ReadRefusal,
  Refusal,
  unauthorised,
  unavailable,
} from "./http/refusal.ts";
export * from "./identity-pushes/index.ts";
export * from "./jobs/index.ts";
export { jsonSchemas } from "./json-schemas/json-schemas.ts";
export * from "./objects/index.ts";
export * from "./outbox/index.ts";
export * from "./request-keys/index.ts";
export * from "./state/index.ts";
export * from "./tenant/index.ts";
export { type HostConfig, parseHostConfig } from "./run/host-config.ts";
export {
  type HostedModule,
  type HostSurroundings,
  type ModuleHost,
  startModules,
} from "./run/module-host.ts";
