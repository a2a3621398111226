import type { ModuleDescriptor } from "@octavo/descriptor";
import { printPretty } from "@octavo/json";
import { parseBody, TenantModuleDescriptor } from "@octavo/management-api";
import type { Snapshot, Tenant } from "@octavo/registry";
import { checkEnableDisable, planDisableAll, type PlanStep } from "@octavo/resolution";
import { ok, type Result } from "@octavo/result";
import { gatewayInterfaces } from "./gateway-interfaces.ts";
import type { Call, Refusal, Reply } from "./handler.ts";
import { installOptions } from "./install-options.ts";
import { listed } from "./module-list.ts";
import type { Handler, Platform } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound } from "./refusals.ts";
import { created, json, jsonText, noContent } from "./reply.ts";
import { runPlan } from "./run-plan.ts";
import { enabledModules } from "./tenant-interfaces.ts";
import { findTenant, superTenantId } from "./tenants.ts";

/** One module of a tenant at a time, without a planner: what is missing is an error, not a further step. */

export const listTenantModules: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  return listed(call.query, enabledModules(registry.snapshot, tenant.value), { withName: false });
};

export const getTenantModule: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const moduleId = call.params["moduleId"] ?? "";
  return tenant.value.enabled.includes(moduleId) ? ok(json(200, idAlone(moduleId))) : notFound(moduleId);
};

export const enableTenantModule: Handler = async (call, platform) => {
  const wanted = wantedId(call);
  if (!wanted.ok) return wanted;
  return move(call, platform, null, wanted.value, (moduleId) =>
    created(call.path, [moduleId], printPretty(idAlone(moduleId))),
  );
};

export const replaceTenantModule: Handler = async (call, platform) => {
  const wanted = wantedId(call);
  if (!wanted.ok) return wanted;
  const parent = call.path.slice(0, call.path.lastIndexOf("/"));
  return move(call, platform, call.params["moduleId"] ?? "", wanted.value, (moduleId) =>
    created(parent, [moduleId], printPretty(idAlone(moduleId))),
  );
};

export const disableTenantModule: Handler = async (call, platform) =>
  move(call, platform, call.params["moduleId"] ?? "", null, () => noContent);

/** All at once, those first that nothing needs; dependencies are not asked about, since nothing is left to have them. */
export const disableTenantModules: Handler = async (call, platform) => {
  const options = installOptions(call.query);
  if (!options.ok) return options;
  const tenantId = call.params["tenantId"] ?? "";
  return runPlan(call, platform, "disable-all", options.value, (snapshot) => {
    const tenant = findTenant(snapshot, tenantId);
    if (!tenant.ok) return tenant;
    const going = tenant.value.enabled.filter((id) => tenantId !== superTenantId || !id.startsWith("okapi-"));
    const plan = planDisableAll(snapshot.modules, going, { depCheck: false });
    if (!plan.ok) return badRequest(plan.error.message);
    return ok({ tenant: tenant.value, steps: plan.value.steps, reply: () => noContent });
  });
};

/** Enables `toId` in place of `fromId`; either may be null. */
async function move(
  call: Call,
  platform: Platform,
  fromId: string | null,
  toId: string | null,
  replyFor: (moduleId: string) => Reply,
): Promise<Result<Reply, Refusal>> {
  const options = installOptions(call.query);
  if (!options.ok) return options;
  const tenantId = call.params["tenantId"] ?? "";
  const decide = (snapshot: Snapshot) => {
    const tenant = findTenant(snapshot, tenantId);
    if (!tenant.ok) return tenant;
    const found = findMove(snapshot, tenant.value, fromId, toId);
    if (!found.ok) return found;
    const { from, to } = found.value;
    if (options.value.depCheck) {
      const { modules } = snapshot;
      const fit = checkEnableDisable(
        modules,
        tenant.value.enabled,
        from?.id ?? null,
        to?.id ?? null,
        gatewayInterfaces,
      );
      if (!fit.ok) return badRequest(fit.error.message);
    }
    return ok({ tenant: tenant.value, steps: stepsOf(found.value), reply: () => replyFor(to?.id ?? "") });
  };
  if (options.value.simulate) {
    const decided = decide(platform.registry.snapshot);
    if (!decided.ok) return decided;
    const reply = decided.value.reply();
    return ok(reply.status === 201 ? jsonText(200, reply.body) : reply);
  }
  const kind = toId === null ? "disable" : fromId === null ? "enable" : "replace";
  return runPlan(call, platform, kind, options.value, decide);
}

interface Move {
  readonly from: ModuleDescriptor | null;
  readonly to: ModuleDescriptor | null;
}

function findMove(
  snapshot: Snapshot,
  tenant: Tenant,
  fromId: string | null,
  toId: string | null,
): Result<Move, Refusal> {
  const from = fromId === null ? null : snapshot.modules.get(fromId);
  if (from === undefined || (from !== null && !tenant.enabled.includes(from.id)))
    return notFound(fromId ?? "");
  const to = toId === null ? null : (snapshot.modules.get(toId) ?? snapshot.modules.ofProduct(toId).at(-1));
  if (to === undefined) return notFound(toId ?? "");
  return ok({ from, to });
}

function stepsOf({ from, to }: Move): readonly PlanStep[] {
  const reason = { kind: "asked-for" } as const;
  if (to !== null) return [{ action: "enable", id: to.id, from: from?.id ?? null, reason }];
  return from === null ? [] : [{ action: "disable", id: from.id, from: null, reason }];
}

function wantedId(call: Call): Result<string, Refusal> {
  const body = readBody(call, (value) => parseBody(TenantModuleDescriptor, value));
  if (!body.ok) return body;
  return body.value.id === "" ? badRequest("The id of the module is empty") : ok(body.value.id);
}

function idAlone(moduleId: string) {
  return new Map([["id", moduleId]]);
}
