import type { ModuleDescriptor } from "@octavo/descriptor";
import type { Route, Stage } from "@octavo/routing";
import { pathEnd } from "@octavo/routing";
import { tenantPermissions } from "@octavo/tokens";

/** What the auth filter is told about permissions, over all stages of a request. */
export interface StagePermissions {
  readonly required: readonly string[];
  readonly desired: readonly string[];
  /** By module id. */
  readonly ofModules: ReadonlyMap<string, readonly string[]>;
  /** Those of redirects: they go to whatever module the redirect leads to. */
  readonly extra: readonly string[];
}

/** @param hasToken a caller with a token meets permissionsRequiredTenant where the path names his own tenant
 * @param namesSets whether modules' permissions go by the name of the set that was announced for them
 * @see Okapi: ProxyService.authHeaders */
export function permissionsOfStages(
  stages: readonly Stage[],
  tenantId: string,
  hasToken: boolean,
  namesSets: boolean,
): StagePermissions {
  const required = new Set<string>();
  const desired = new Set<string>();
  const extra = new Set<string>();
  const ofModules = new Map<string, readonly string[]>();
  for (const { route, target } of stages) {
    const { entry, module } = route;
    const path = target.slice(0, pathEnd(target));
    const ofTenant = hasToken ? tenantPermissions(entry, path, tenantId) : null;
    for (const each of ofTenant ?? entry.permissionsRequired ?? []) required.add(each);
    for (const each of entry.permissionsDesired) desired.add(each);
    // null is not [], which asks for a token of the module's own with nothing in it.
    if (entry.modulePermissions === null) continue;
    const granted = namesSets ? [permissionSetName(route)] : entry.modulePermissions;
    if (entry.type === "redirect") for (const each of granted) extra.add(each);
    else ofModules.set(module.id, granted);
  }
  return { required: [...required], desired: [...desired], ofModules, extra: [...extra] };
}

/** The name under which an entry's module permissions were announced (Okapi: RoutingEntry.generateSystemId). */
export function permissionSetName({ module, entry }: Pick<Route, "module" | "entry">): string {
  const path = entry.path === null || entry.path === "" ? entry.pathPattern : entry.path;
  return `SYS#${module.id}#${path}#[${entry.methods.join(", ")}]`;
}

/** Whether the tenant's permission module takes generated sets: with _tenantPermissions above 1.0. */
export function speaksPermissionSets(modules: readonly ModuleDescriptor[]): boolean {
  for (const { provides } of modules) {
    const found = provides.find(({ id }) => id === "_tenantPermissions");
    if (found !== undefined) return found.version !== "1.0";
  }
  return false;
}
