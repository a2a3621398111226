import { productOf } from "../product-of.ts";
import { isDeepStrictEqual } from "node:util";
import type { DeploymentDescriptor, EnvEntry, RoutingEntry, TenantDescriptor } from "@octavo/client";
import type { PlatformPicture, TenantPicture } from "./platform-picture.ts";

/** One thing to do at the target, in the order of doing. */
export type CarryOver =
  | { readonly kind: "modules"; readonly moduleIds: readonly string[] }
  | { readonly kind: "tenant"; readonly tenant: TenantDescriptor }
  | { readonly kind: "enable"; readonly tenantId: string; readonly moduleIds: readonly string[] }
  /** `moves`: the instance is known there with another URL or module. */
  | {
      readonly kind: "instance";
      readonly instance: DeploymentDescriptor;
      readonly moves: DeploymentDescriptor | null;
    }
  | { readonly kind: "env"; readonly entry: EnvEntry }
  | {
      readonly kind: "timer";
      readonly tenantId: string;
      readonly timerId: string;
      readonly routingEntry: RoutingEntry;
    };

export interface Comparison {
  readonly carryOver: readonly CarryOver[];
  /** What is otherwise at the target and stays so, one sentence each. */
  readonly stays: readonly string[];
}

/** Says what the target lacks of the source. Nothing is taken from the target: what it has alone stays and is told.
 * @param differing modules that both know, with different content */
export function comparePlatforms(
  source: PlatformPicture,
  target: PlatformPicture,
  differing: readonly string[],
): Comparison {
  const missing = [...source.modules].filter((id) => !target.modules.has(id));
  const tenants = [...source.tenants.values()].map((tenant) => compareTenant(tenant, target));
  const instances = [...source.instances].map(([id, instance]) => compareInstance(id, instance, target));
  const env = [...source.env.values()].filter(
    (entry) => !isDeepStrictEqual(entry, target.env.get(entry.name ?? "")),
  );
  const parts = [...tenants, ...instances];
  return {
    carryOver: [
      ...(missing.length === 0 ? [] : [{ kind: "modules" as const, moduleIds: missing }]),
      ...env.map((entry) => ({ kind: "env" as const, entry })),
      ...instances.flatMap(({ carryOver }) => carryOver),
      ...tenants.flatMap(({ carryOver }) => carryOver),
    ],
    stays: [
      ...differing.map((id) => `module ${id} is known there with another content: an id never changes it`),
      ...parts.flatMap(({ stays }) => stays),
      ...alone([...target.tenants.keys()], source.tenants, "tenant"),
      ...alone([...target.instances.keys()], source.instances, "instance"),
      ...alone([...target.env.keys()], source.env, "variable"),
    ],
  };
}

function compareTenant({ tenant, enabled, timers }: TenantPicture, target: PlatformPicture): Comparison {
  const tenantId = tenant.id ?? "";
  const there = target.tenants.get(tenantId);
  const lacking = enabled.filter((id) => !(there?.enabled ?? []).includes(id));
  const more = (there?.enabled ?? []).filter((id) => !enabled.includes(id) && !enabled.some(isOfProduct(id)));
  const changed = [...timers].filter(([id, entry]) => !isDeepStrictEqual(there?.timers.get(id), entry));
  const isNamedOtherwise =
    there !== undefined &&
    (there.tenant.name !== tenant.name || there.tenant.description !== tenant.description);
  return {
    carryOver: [
      ...(there === undefined ? [{ kind: "tenant" as const, tenant }] : []),
      ...(lacking.length === 0 ? [] : [{ kind: "enable" as const, tenantId, moduleIds: lacking }]),
      ...changed.map(([timerId, routingEntry]) => ({
        kind: "timer" as const,
        tenantId,
        timerId,
        routingEntry,
      })),
    ],
    stays: [
      ...(isNamedOtherwise ? [`tenant ${tenantId} has another name or description there`] : []),
      ...more.map((id) => `tenant ${tenantId} has ${id} enabled there alone`),
    ],
  };
}

function compareInstance(id: string, instance: DeploymentDescriptor, target: PlatformPicture): Comparison {
  const { srvcId, url } = instance;
  if (srvcId === undefined || url === undefined) {
    return { carryOver: [], stays: [`instance ${id} has no URL, so that nobody else can reach it`] };
  }
  const there = target.instances.get(id) ?? null;
  if (there?.url === url && there.srvcId === srvcId) return { carryOver: [], stays: [] };
  // What a node of the source has launched is for the target an instance that runs elsewhere.
  return {
    carryOver: [{ kind: "instance", instance: { instId: id, srvcId, url }, moves: there }],
    stays: [],
  };
}

function alone(
  ids: readonly string[],
  source: { has(id: string): boolean },
  what: string,
): readonly string[] {
  return ids.filter((id) => !source.has(id)).map((id) => `${what} ${id} is known there alone`);
}

/** Enabling a version replaces another of the same product. */
function isOfProduct(moduleId: string): (other: string) => boolean {
  const product = productOf(moduleId);
  return (other) => productOf(other) === product;
}
