import { randomUUID } from "node:crypto";
import { printPretty } from "@octavo/json";
import { deleteAllJobs, openJobOf } from "@octavo/lifecycle";
import { parseBody, TenantDescriptor } from "@octavo/management-api";
import type { Snapshot, Tenant } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import { removeTimersOf } from "@octavo/timers";
import type { Refusal } from "./handler.ts";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound } from "./refusals.ts";
import { created, json, noContent, presentFields } from "./reply.ts";
import { checkTenantId, isLegacyTenantId, tenantIdFrom } from "./tenant-id.ts";
import { TenantIsBusy, unlessBusy } from "./tenant-is-busy.ts";
import { write } from "./write.ts";

export const superTenantId = "supertenant";

type TenantFields = Pick<Tenant, "id" | "name" | "description">;

export const listTenants: Handler = async (_call, { registry }) => {
  const tenants = [...registry.snapshot.tenants.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return ok(json(200, tenants.map(shown)));
};

export const getTenant: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  return tenant.ok ? ok(json(200, shown(tenant.value))) : tenant;
};

export const createTenant: Handler = async (call, platform) => {
  const body = readBody(call, (json) => parseBody(TenantDescriptor, json));
  if (!body.ok) return body;
  const posted = body.value;
  const id = posted.id ?? "";
  const checked = checkTenantId(id === "" ? tenantIdFrom(randomUUID()) : id);
  if (!checked.ok) return badRequest(checked.error);
  const tenant: TenantFields = {
    id: checked.value,
    name: posted.name ?? null,
    description: posted.description ?? null,
  };
  return write(call, platform, tenant.id, ({ tenants }) => {
    if (tenants.has(tenant.id)) return badRequest(`Duplicate tenant id ${tenant.id}`);
    return ok({
      changes: [{ kind: "tenant.put", tenant }],
      reply: created(call.path, [tenant.id], printPretty(shown(tenant))),
    });
  });
};

/** An upsert, as Okapi; what is enabled stays enabled. */
export const putTenant: Handler = async (call, platform) => {
  const tenantId = call.params["tenantId"] ?? "";
  const body = readBody(call, (json) => parseBody(TenantDescriptor, json));
  if (!body.ok) return body;
  const posted = body.value;
  if (posted.id !== tenantId) {
    return badRequest(`The tenant id must not be changed, old='${tenantId}', new='${posted.id ?? "null"}'`);
  }
  const tenant: TenantFields = {
    id: tenantId,
    name: posted.name ?? null,
    description: posted.description ?? null,
  };
  return write(call, platform, tenantId, ({ tenants }) => {
    const checked = checkTenantId(tenantId);
    if (!checked.ok && !tenants.has(tenantId) && !isLegacyTenantId(tenantId))
      return badRequest(checked.error);
    return ok({ changes: [{ kind: "tenant.put", tenant }], reply: json(200, shown(tenant)) });
  });
};

/** Forgets a tenant and what is enabled for it. The data that its modules hold stays where it is, as with Okapi:
 * `DELETE .../modules?purge=true` comes before, for whoever wants it gone. */
export const deleteTenant: Handler = async (call, platform) => {
  const tenantId = call.params["tenantId"] ?? "";
  if (tenantId === superTenantId) return badRequest(`Can not delete the superTenant ${tenantId}`);
  return unlessBusy(() =>
    write(call, platform, tenantId, (snapshot) => {
      const tenant = findTenant(snapshot, tenantId);
      if (!tenant.ok) return tenant;
      return ok({
        changes: [{ kind: "tenant.removed", tenantId }],
        reply: noContent,
        alsoWrite: async (database) => {
          const busy = await openJobOf(database, tenantId);
          if (busy !== null) throw new TenantIsBusy(busy);
          await deleteAllJobs(database, tenantId);
          await removeTimersOf(database, tenantId);
        },
      });
    }),
  );
};

/** Okapi's 404 says the id alone. */
export function findTenant(snapshot: Snapshot, tenantId: string): Result<Tenant, Refusal> {
  const tenant = snapshot.tenants.get(tenantId);
  return tenant === undefined ? notFound(tenantId) : ok(tenant);
}

function shown(tenant: TenantFields) {
  return presentFields([
    ["id", tenant.id],
    ["name", tenant.name],
    ["description", tenant.description],
  ]);
}
