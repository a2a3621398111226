import type { OperationName } from "@octavo/management-api";
import { listAudit } from "./audit.ts";
import { clusterStatus, finalizeCluster } from "./cluster.ts";
import { createDeployment, deleteDeployment, getDeployment, listDeployments } from "./deployment.ts";
import { healthOfAll, healthOfInstance, healthOfModule } from "./discovery-health.ts";
import {
  deregisterAll,
  deregisterInstance,
  deregisterModule,
  getDiscovery,
  listDiscovery,
  listDiscoveryOfModule,
  registerInstance,
} from "./discovery-modules.ts";
import { getNode, listNodes, putNode } from "./discovery-nodes.ts";
import { createEnv, deleteEnv, getEnv, listEnv } from "./environment.ts";
import { followChanges } from "./follow-changes.ts";
import { listInstances } from "./instances.ts";
import {
  cleanupModules,
  createModule,
  deleteModule,
  getModule,
  importModules,
  listModules,
} from "./modules.ts";
import { answerJobWith, followJob, getOneJob, listAllJobs } from "./octavo-jobs.ts";
import { getOpenApi } from "./openapi.ts";
import { invalidateIdentities, listKeys } from "./octavo-identity.ts";
import { createOperator, deleteOperator, getOperator, listOperators } from "./operators.ts";
import { explainPlan } from "./plans.ts";
import type { Handler } from "./platform.ts";
import { pullModules } from "./pull.ts";
import { acknowledgeLoss, listRewinds, proposeLoss } from "./rewinds.ts";
import { deleteJob, deleteJobs, getJob, listJobs, startInstall, startUpgrade } from "./tenant-install.ts";
import { getInterface, listInterfaces } from "./tenant-interfaces.ts";
import {
  disableTenantModule,
  disableTenantModules,
  enableTenantModule,
  getTenantModule,
  listTenantModules,
  replaceTenantModule,
} from "./tenant-modules.ts";
import { createTenant, deleteTenant, getTenant, listTenants, putTenant } from "./tenants.ts";
import { getTimerState, listTimerStates, pauseTimer, resumeTimer, runTimer } from "./timer-states.ts";
import { getTimer, listTimers, patchTimer, patchTimerById } from "./timers.ts";

/** What is answered from the instance itself, without the registry's resources, is beside the dispatcher. */
type InstanceOperation =
  | "health.proxy"
  | "health.live"
  | "health.ready"
  | "version.get"
  | "octavo.version.get"
  | "metrics.get";

/** Every operation on a resource with who carries it out; one that is missing does not compile. */
export const handlers: Readonly<Record<Exclude<OperationName, InstanceOperation>, Handler>> = {
  "modules.list": listModules,
  "modules.create": createModule,
  "modules.get": getModule,
  "modules.delete": deleteModule,
  "modules.import": importModules,
  "modules.cleanup": cleanupModules,
  "modules.pull": pullModules,
  "tenants.list": listTenants,
  "tenants.create": createTenant,
  "tenants.get": getTenant,
  "tenants.replace": putTenant,
  "tenants.delete": deleteTenant,
  "tenants.modules.list": listTenantModules,
  "tenants.modules.enable": enableTenantModule,
  "tenants.modules.disableAll": disableTenantModules,
  "tenants.modules.get": getTenantModule,
  "tenants.modules.replace": replaceTenantModule,
  "tenants.modules.disable": disableTenantModule,
  "tenants.install.start": startInstall,
  "tenants.install.list": listJobs,
  "tenants.install.deleteAll": deleteJobs,
  "tenants.install.get": getJob,
  "tenants.install.delete": deleteJob,
  "tenants.upgrade.start": startUpgrade,
  "tenants.interfaces.list": listInterfaces,
  "tenants.interfaces.get": getInterface,
  "tenants.timers.list": listTimers,
  "tenants.timers.patch": patchTimer,
  "tenants.timers.get": getTimer,
  "tenants.timers.patchOne": patchTimerById,
  "discovery.modules.list": listDiscovery,
  "discovery.modules.register": registerInstance,
  "discovery.modules.deregisterAll": deregisterAll,
  "discovery.modules.listOf": listDiscoveryOfModule,
  "discovery.modules.deregisterOf": deregisterModule,
  "discovery.modules.get": getDiscovery,
  "discovery.modules.deregister": deregisterInstance,
  "discovery.health.list": healthOfAll,
  "discovery.health.listOf": healthOfModule,
  "discovery.health.get": healthOfInstance,
  "discovery.nodes.list": listNodes,
  "discovery.nodes.get": getNode,
  "discovery.nodes.rename": putNode,
  "deployment.modules.list": listDeployments,
  "deployment.modules.start": createDeployment,
  "deployment.modules.get": getDeployment,
  "deployment.modules.stop": deleteDeployment,
  "env.list": listEnv,
  "env.create": createEnv,
  "env.get": getEnv,
  "env.delete": deleteEnv,
  "openapi.get": getOpenApi,
  "operators.list": listOperators,
  "operators.create": createOperator,
  "operators.get": getOperator,
  "operators.delete": deleteOperator,
  "plans.explain": explainPlan,
  "audit.list": listAudit,
  "instances.list": listInstances,
  "cluster.status": clusterStatus,
  "cluster.finalize": finalizeCluster,
  "events.follow": followChanges,
  "rewinds.list": listRewinds,
  "rewinds.acknowledge": acknowledgeLoss,
  "rewinds.propose": proposeLoss,
  "keys.list": listKeys,
  "identity.invalidate": invalidateIdentities,
  "jobs.list": listAllJobs,
  "jobs.get": getOneJob,
  "jobs.events": followJob,
  "jobs.resume": answerJobWith("resume"),
  "jobs.retry": answerJobWith("retry"),
  "jobs.fail": answerJobWith("fail"),
  "jobs.cancel": answerJobWith("cancel"),
  "timers.list": listTimerStates,
  "timers.get": getTimerState,
  "timers.pause": pauseTimer,
  "timers.resume": resumeTimer,
  "timers.run": runTimer,
};
