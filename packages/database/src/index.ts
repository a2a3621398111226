export { type Cluster, mistakeOfUrl } from "./cluster.ts";
export { BudgetRefused } from "./reservation.ts";
export { isInsideTransaction } from "./inside-transaction.ts";
export {
  CommitUnknown,
  type DatabaseContext,
  DatabaseAway,
  DatabaseBusy,
  type HomeDatabase,
  type ModuleDatabase,
  TenantUnknown,
} from "./module-database.ts";
export { type Databases, type DatabasesOptions, openDatabases } from "./open-databases.ts";
export type { Place } from "./place.ts";
export { parsePlacement, type PlacementConfig } from "./parse-placement.ts";
export type { Placement, PlacementRule } from "./placement.ts";
export type { Provisioner } from "./provisioner.ts";
export { schemaName } from "./schema-name.ts";
export { join, name, Name, printed, Sql, sql, type Statement } from "./statement.ts";
export type { ReadTransaction, Transaction } from "./transaction.ts";
