import type { ModuleDescriptor } from "@octavo/descriptor";
import { enablementOf, insertDoneJob, systemCallsOf, type JobKind, type SystemCall } from "@octavo/lifecycle";
import type { Snapshot, Tenant } from "@octavo/registry";
import type { PlanStep } from "@octavo/resolution";
import { assert, ok, type Result } from "@octavo/result";
import type { Refusal, Reply } from "./handler.ts";
import type { InstallOptions } from "./install-options.ts";
import { badRequest, notImplemented } from "./refusals.ts";
import { enabledModules } from "./tenant-interfaces.ts";
import { superTenantId } from "./tenants.ts";
import type { Writing } from "./write.ts";

/** The job that a plan is recorded under; null where Okapi keeps none (one module enabled, replaced or disabled). */
export interface JobRecord {
  readonly id: string;
  readonly kind: JobKind;
}

/** Carries out a plan in one revision: all of its steps, or none. It is refused where a module would have to be called or
 * launched first. */
export function applyPlan(
  snapshot: Snapshot,
  tenant: Tenant,
  steps: readonly PlanStep[],
  options: InstallOptions,
  job: JobRecord | null,
  reply: Reply,
): Result<Writing, Refusal> {
  const moduleOf = (id: string): ModuleDescriptor => {
    const module = snapshot.modules.get(id);
    assert(module !== undefined, "a plan names known modules");
    return module;
  };
  if (options.deploy) {
    const launched = refuseLaunches(snapshot, steps);
    if (!launched.ok) return launched;
  }
  const calls = systemCallsOf(steps, enabledModules(snapshot, tenant), moduleOf, options);
  if (!calls.ok) return badRequest(calls.error);
  if (calls.value.length > 0) return notImplemented(whoMustBeCalled(calls.value));
  const { enable, disable } = enablementOf(steps);
  if (tenant.id === superTenantId && disable.some(isGateway) && !enable.some(isGateway)) {
    return badRequest("The supertenant cannot be without the gateway's own module (okapi)");
  }
  const isChange = enable.length + disable.length > 0;
  return ok({
    changes: isChange ? [{ kind: "tenant.modules", tenantId: tenant.id, enable, disable }] : [],
    reply,
    ...(job !== null && {
      alsoWrite: (database) => insertDoneJob(database, { ...job, tenantId: tenant.id, steps }),
    }),
  });
}

function refuseLaunches(snapshot: Snapshot, steps: readonly PlanStep[]): Result<null, Refusal> {
  const missing = steps
    .filter(({ action, id }) => action !== "disable" && !snapshot.discovery.has(id) && !isGateway(id))
    .map(({ id }) => id);
  if (missing.length === 0) return ok(null);
  return notImplemented(
    `deploy=true would launch ${missing.join(", ")}, and launching is not available yet. ` +
      "Start them yourself, register their URLs (POST /_/discovery/modules), and leave deploy out.",
  );
}

function whoMustBeCalled(calls: readonly SystemCall[]): string {
  const interfaces = new Map<string, Set<string>>();
  for (const { moduleId, kind } of calls) {
    const called = interfaces.get(moduleId) ?? new Set();
    interfaces.set(moduleId, called.add(kind === "tenant" ? "_tenant" : "_tenantPermissions"));
  }
  const modules = [...interfaces].map(([moduleId, called]) => `${moduleId} (${[...called].join(", ")})`);
  return (
    `Nothing was changed: modules must be called first, and calling them is not available yet: ${modules.join(", ")}. ` +
    "Use simulate=true for the plan alone, or invoke=false to switch the modules without calling them."
  );
}

function isGateway(moduleId: string): boolean {
  return /^okapi-[0-9]/u.test(moduleId);
}
