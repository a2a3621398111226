import type { NamedOperation } from "./define-operation.ts";
import { deploymentOperations } from "./operations/deployment.ts";
import { discoveryOperations } from "./operations/discovery.ts";
import { envOperations } from "./operations/env.ts";
import { healthOperations } from "./operations/health.ts";
import { installOperations } from "./operations/install.ts";
import { interfaceOperations } from "./operations/interfaces.ts";
import { moduleOperations } from "./operations/modules.ts";
import { auditOperations } from "./operations/octavo-audit.ts";
import { clusterOperations } from "./operations/octavo-cluster.ts";
import { identityOperations } from "./operations/octavo-identity.ts";
import { jobOperations } from "./operations/octavo-jobs.ts";
import { metricsOperations } from "./operations/octavo-metrics.ts";
import { operatorOperations } from "./operations/octavo-operators.ts";
import { planOperations } from "./operations/octavo-plans.ts";
import { rewindOperations } from "./operations/octavo-rewinds.ts";
import { tenantTimerOperations } from "./operations/octavo-timers.ts";
import { octavoVersionOperations } from "./operations/octavo-version.ts";
import { pullOperations } from "./operations/pull.ts";
import { tenantModuleOperations } from "./operations/tenant-modules.ts";
import { tenantOperations } from "./operations/tenants.ts";
import { timerOperations } from "./operations/timers.ts";
import { versionOperations } from "./operations/version.ts";

const table = [
  ...moduleOperations,
  ...pullOperations,
  ...tenantOperations,
  ...tenantModuleOperations,
  ...installOperations,
  ...interfaceOperations,
  ...timerOperations,
  ...discoveryOperations,
  ...deploymentOperations,
  ...envOperations,
  ...healthOperations,
  ...versionOperations,
  ...octavoVersionOperations,
  ...operatorOperations,
  ...planOperations,
  ...auditOperations,
  ...clusterOperations,
  ...rewindOperations,
  ...identityOperations,
  ...metricsOperations,
  ...tenantTimerOperations,
  ...jobOperations,
] as const;

/** Names of all operations, so that a table of handlers is complete or does not compile. */
export type OperationName = (typeof table)[number]["name"];

/** The whole management API: handlers, internal descriptor, OpenAPI document and client all come from this table. */
export const operations: readonly NamedOperation<OperationName>[] = table;
