export { dumpSchema } from "./catalog/dump-schema.ts";
export { openMigrator } from "./open-migrator.ts";
export { planMigration, type MigrationPlan, type PlannedStep } from "./plan/plan-migration.ts";
export { lintSteps } from "./lint/lint-steps.ts";
export type { LintProblem } from "./lint/lint-problem.ts";
export type { Collision, LedgerRow } from "./ledger/ledger-row.ts";
export type {
  MigrateOptions,
  MigrationEvent,
  MigrationReport,
  MigrationStop,
  Migrator,
  MigratorOptions,
  Release,
} from "./migrator.ts";
export type { PredictedStep, Preflight, PreflightWarning } from "./preflight/preflight.ts";
export { backfill } from "./steps/backfill.ts";
export {
  contract,
  dropColumn,
  dropConstraint,
  dropFunction,
  dropIndex,
  dropTable,
  dropTrigger,
  dropView,
} from "./steps/contract.ts";
export { expand, expandIndex, expandIndexes } from "./steps/expand.ts";
export { referenceData } from "./steps/reference-data.ts";
export type { IndexDefinition, ReferenceRow, Step } from "./steps/step.ts";
export { constraint, notNull, noRows, sameCount, verify } from "./steps/verify.ts";
export { type EmptiedTrash, openTrash, type Trash, type TrashedSchema } from "./trash.ts";
