import { printModuleDescriptor } from "@octavo/descriptor";
import { openJobWith } from "@octavo/lifecycle";
import { parseBody } from "@octavo/management-api";
import type { Snapshot } from "@octavo/registry";
import { checkDelete, planCleanup } from "@octavo/resolution";
import { assert, ok, type Result } from "@octavo/result";
import { addModules, readModuleChecks } from "./add-modules.ts";
import { gatewayInterfaces } from "./gateway-interfaces.ts";
import type { Call, Refusal } from "./handler.ts";
import { listed } from "./module-list.ts";
import type { Handler } from "./platform.ts";
import { booleanParameter, integerParameter } from "./query-parameters.ts";
import { readDescriptor, readDescriptors } from "./read-descriptors.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound } from "./refusals.ts";
import { created, jsonText, noContent } from "./reply.ts";
import { RefusedByRows, write, type Writing } from "./write.ts";

export const listModules: Handler = async (call, { registry }) => {
  const skip = idsToSkip(call);
  if (!skip.ok) return skip;
  const modules = registry.snapshot.modules.all().filter(({ id }) => !skip.value.has(id));
  return listed(call.query, modules, { withName: true });
};

export const getModule: Handler = async (call, { registry }) => {
  const moduleId = call.params["moduleId"] ?? "";
  const module = registry.snapshot.modules.get(moduleId);
  return module === undefined ? notFound(moduleId) : ok(jsonText(200, printModuleDescriptor(module)));
};

export const createModule: Handler = async (call, platform) => {
  const checks = readModuleChecks(call.query);
  if (!checks.ok) return checks;
  const module = readDescriptor(call);
  if (!module.ok) return module;
  const { id } = module.value;
  return write(call, platform, id, (snapshot) => {
    const added = addModules(snapshot, [module.value], checks.value);
    if (!added.ok) return added;
    // With check=false a known module stays as it was, and that is what the caller is shown.
    const known = snapshot.modules.get(id) ?? module.value;
    return ok({ changes: added.value, reply: created(call.path, [id], printModuleDescriptor(known)) });
  });
};

export const importModules: Handler = async (call, platform) => {
  const checks = readModuleChecks(call.query);
  if (!checks.ok) return checks;
  const modules = readDescriptors(call);
  if (!modules.ok) return modules;
  return write(call, platform, "", (snapshot) => {
    const added = addModules(snapshot, modules.value, checks.value);
    return added.ok ? ok({ changes: added.value, reply: noContent }) : added;
  });
};

export const deleteModule: Handler = async (call, platform) => {
  const moduleId = call.params["moduleId"] ?? "";
  return write(call, platform, moduleId, (snapshot) => {
    const usedBy = usersOfModules(snapshot).get(moduleId) ?? null;
    const checked = checkDelete(snapshot.modules, moduleId, usedBy, gatewayInterfaces);
    if (checked.ok) return ok(forgetting([moduleId]));
    const { kind, message } = checked.error;
    return kind === "not-found" ? notFound(message) : badRequest(message);
  });
};

/** What a job is about to call must stay known: its tenant may have data there already. */
function forgetting(moduleIds: readonly string[]): Writing {
  return {
    changes: moduleIds.map((moduleId) => ({ kind: "module.removed", moduleId })),
    reply: noContent,
    alsoWrite: async (client) => {
      const job = await openJobWith(client, moduleIds);
      if (job === null) return;
      const { moduleId, jobId, tenantId } = job;
      const message = `Module ${moduleId} is part of job ${jobId} of tenant ${tenantId}, which has not ended`;
      throw new RefusedByRows({ kind: "conflict", message });
    },
  };
}

export const cleanupModules: Handler = async (call, platform) => {
  const saveReleases = integerParameter(call.query, "saveReleases", null);
  if (!saveReleases.ok) return saveReleases;
  const saveSnapshots = integerParameter(call.query, "saveSnapshots", null);
  if (!saveSnapshots.ok) return saveSnapshots;
  const removeDependencies = booleanParameter(call.query, "removeDependencies", false);
  if (!removeDependencies.ok) return removeDependencies;
  return write(call, platform, "", (snapshot) => {
    const removed = planCleanup(snapshot.modules, {
      saveReleases: saveReleases.value,
      saveSnapshots: saveSnapshots.value,
      removeDependencies: removeDependencies.value,
      inUse: usersOfModules(snapshot),
      gatewayProvides: gatewayInterfaces,
    });
    if (!removed.ok) return badRequest(removed.error);
    return ok(forgetting(removed.value.map(({ id }) => id)));
  });
};

/** By module id: the first tenant (by id) that has it enabled. */
function usersOfModules(snapshot: Snapshot): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  const tenants = [...snapshot.tenants.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const tenant of tenants) {
    for (const moduleId of tenant.enabled) if (!users.has(moduleId)) users.set(moduleId, tenant.id);
  }
  return users;
}

/** A GET may carry a list of ids that the caller has already: how one Okapi pulls from another. */
function idsToSkip(call: Call): Result<ReadonlySet<string>, Refusal> {
  if (call.body === "") return ok(new Set());
  return readBody(call, (body) => {
    const { schema } = call.operation.body ?? {};
    assert(schema !== undefined, "a list of modules may have a body");
    // as: the schema of this operation is a list of ids
    const ids = parseBody(schema, body) as Result<readonly string[], string>;
    return ids.ok ? ok(new Set(ids.value)) : ids;
  });
}
