import type { ModuleDescriptor } from "@octavo/descriptor";
import type { Snapshot, Tenant } from "@octavo/registry";
import { compileRouteTables, type RouteTable, type RouteTables } from "@octavo/routing";
import { speaksPermissionSets } from "./module-permissions.ts";
import { RoutePolicies } from "./route-policies.ts";

/** What routing knows of one tenant. The same object for as long as the tenant's enabled modules are the same, so that
 * whatever was decided under it ends with it. */
export interface TenantRoutes {
  readonly table: RouteTable;
  /** Module permissions go to the auth filter as the name of a generated set instead of one by one. */
  readonly namesPermissionSets: boolean;
  readonly policies: RoutePolicies;
}

/** Route tables of the newest snapshot, made when the first request meets it; tables of sets that were there before are
 * kept. The internal module is in none of them: its paths begin with /_/ and never get to routing, so no module can take
 * their place. */
export class RoutesOfSnapshot {
  #snapshot: Snapshot | null = null;
  #tables: RouteTables | null = null;
  #tenants: ReadonlyMap<string, TenantRoutes> = new Map();

  of(snapshot: Snapshot, tenant: Tenant): TenantRoutes | undefined {
    if (this.#snapshot !== snapshot) this.#compile(snapshot);
    return this.#tenants.get(tenant.id);
  }

  #compile(snapshot: Snapshot): void {
    const tenants = [...snapshot.tenants.values()];
    const enabledSets = tenants.map(({ enabled }) => enabled);
    const tables = compileRouteTables(enabledSets, (id) => routedModule(snapshot, id), this.#tables);
    const before = this.#tenants;
    const next = new Map<string, TenantRoutes>();
    for (const { id, enabled } of tenants) {
      const table = tables.tableOf(enabled);
      if (table === undefined) continue;
      const known = before.get(id);
      next.set(id, known?.table === table ? known : routesOf(id, table));
    }
    this.#snapshot = snapshot;
    this.#tables = tables;
    this.#tenants = next;
  }
}

function routesOf(tenantId: string, table: RouteTable): TenantRoutes {
  return {
    table,
    namesPermissionSets: speaksPermissionSets(table.modules),
    policies: new RoutePolicies(tenantId),
  };
}

function routedModule(snapshot: Snapshot, id: string): ModuleDescriptor | undefined {
  const module = snapshot.modules.get(id);
  return module?.product === "okapi" ? undefined : module;
}
