export * from "./operation.ts";
export type { NamedOperation } from "./define-operation.ts";
export { operations, type OperationName } from "./operations.ts";
export { internalModuleDescriptor, internalModuleId, okapiVersion } from "./internal-module.ts";
export { openApiDocument } from "./openapi.ts";
export { componentPrefix, componentSchemas, schemaForm, type SchemaForm } from "./component-schemas.ts";
export {
  isManagementPlace,
  matchOperation,
  parameterNamesOf,
  type OperationMatch,
} from "./match-operation.ts";
export { parseBody } from "./parse-body.ts";
export * from "./schemas/audit-entry.ts";
export * from "./schemas/deployment-descriptor.ts";
export * from "./schemas/env-entry.ts";
export * from "./schemas/gateway-instance.ts";
export * from "./schemas/health-descriptor.ts";
export * from "./schemas/identity.ts";
export * from "./schemas/install-job.ts";
export { Job, JobList } from "./schemas/job.ts";
export * from "./schemas/launch-descriptor.ts";
export * from "./schemas/module-descriptor.ts";
export * from "./schemas/node-descriptor.ts";
export * from "./schemas/operator.ts";
export * from "./schemas/permission.ts";
export * from "./schemas/plan.ts";
export * from "./schemas/problem.ts";
export * from "./schemas/pull-descriptor.ts";
export * from "./schemas/readiness.ts";
export * from "./schemas/routing-entry.ts";
export * from "./schemas/tenant-descriptor.ts";
export * from "./schemas/tenant-module-descriptor.ts";
export * from "./schemas/timer-descriptor.ts";
export * from "./schemas/timer-state.ts";
export * from "./schemas/version-info.ts";
