import { parseVersionFilter } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";
import { enablementOf } from "@octavo/lifecycle";
import { parseBody, PlanRequest } from "@octavo/management-api";
import type { Snapshot, Tenant } from "@octavo/registry";
import {
  explainStep,
  type Family,
  planInstall,
  planUpgrade,
  type PlanResult,
  type PlanStep,
} from "@octavo/resolution";
import { ok } from "@octavo/result";
import { gatewayInterfaces } from "./gateway-interfaces.ts";
import type { Handler } from "./platform.ts";
import { publicRoutesOf, type PublicRoute } from "./public-routes.ts";
import { readBody } from "./read-body.ts";
import { badRequest } from "./refusals.ts";
import { json } from "./reply.ts";
import { findTenant } from "./tenants.ts";

/** What an install or upgrade would do and why, for people and programs; nothing changes. */
export const explainPlan: Handler = async (call, { registry, config }) => {
  const body = readBody(call, (value) => parseBody(PlanRequest, value));
  if (!body.ok) return body;
  const { snapshot } = registry;
  const tenant = findTenant(snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const plan = planFor(body.value, snapshot, tenant.value, config.family);
  if (!plan.ok) return badRequest(`${plan.error.message}\n${plan.error.because}`);
  const { steps } = plan.value;
  return ok(
    json(
      200,
      fromPlain({
        tenant: tenant.value.id,
        revision: snapshot.revision,
        steps: steps.map((step) => ({
          action: step.action,
          id: step.id,
          from: step.from ?? undefined,
          reason: step.reason,
          explanation: explainStep(step),
        })),
        publicRoutes: addedPublicRoutes(snapshot, tenant.value, steps),
      }),
    ),
  );
};

function planFor(request: PlanRequest, snapshot: Snapshot, tenant: Tenant, family: Family): PlanResult {
  const versionFilter = parseVersionFilter(request.preRelease ?? null, request.npmSnapshot ?? null);
  const options = {
    ...(versionFilter.ok && { versionFilter: versionFilter.value }),
    reinstall: request.reinstall ?? false,
    family,
    gatewayProvides: gatewayInterfaces,
  };
  if (request.kind === "upgrade") return planUpgrade(snapshot.modules, tenant.enabled, options);
  const wanted = (request.modules ?? []).map(({ id, action = "enable" }) => ({ id, action }));
  return planInstall(snapshot.modules, tenant.enabled, wanted, options);
}

/** Routes open without a token that the tenant does not have yet. */
function addedPublicRoutes(
  snapshot: Snapshot,
  tenant: Tenant,
  steps: readonly PlanStep[],
): readonly PublicRoute[] {
  const routesOf = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const module = snapshot.modules.get(id);
      return module === undefined ? [] : publicRoutesOf(module);
    });
  const present = new Set(routesOf(tenant.enabled).map(keyOf));
  return routesOf(enablementOf(steps).enable).filter((route) => !present.has(keyOf(route)));
}

function keyOf({ method, path }: PublicRoute): string {
  return `${method} ${path}`;
}
