import { homeSchemaName, isDatabaseName, schemaName, underscored } from "./schema-name.ts";
import type { Place } from "./place.ts";

/** Where data go. A database's name may hold `{tenant}` and `{module}`: "folio" is shared by all, "folio_{module}" one for each module,
 * "folio_{tenant}" one for each tenant, with both one for each pair. */
export interface PlacementRule {
  readonly cluster: string;
  readonly database: string;
}

/** The first rule that fits: the pair's own, the module's, the tenant's, the default. */
export interface Placement {
  readonly default: PlacementRule;
  readonly tenants: Readonly<Record<string, PlacementRule>>;
  readonly modules: Readonly<Record<string, PlacementRule>>;
  readonly pairs: readonly (PlacementRule & { readonly tenant: string; readonly module: string })[];
}

/** @param isolated the module demands a database of its own for each tenant
 * @throws Error that says which name is not allowed */
export function placeOf(
  placement: Placement,
  tenantId: string,
  moduleName: string,
  isolated: boolean,
): Place {
  const schema = schemaName(tenantId, moduleName);
  const pair = placement.pairs.find(({ tenant, module }) => tenant === tenantId && module === moduleName);
  const rule = pair ?? placement.modules[moduleName] ?? placement.tenants[tenantId] ?? placement.default;
  const pattern = isolated && pair === undefined && !isForPair(rule) ? "{tenant}_{module}" : rule.database;
  const database = pattern
    .replace("{tenant}", underscored(tenantId))
    .replace("{module}", underscored(moduleName));
  if (!isDatabaseName(database)) throw new Error(`"${database}" cannot be a database's name`);
  return { cluster: rule.cluster, database, schema };
}

export function homePlace(home: PlacementRule, moduleName: string): Place {
  return { cluster: home.cluster, database: home.database, schema: homeSchemaName(moduleName) };
}

function isForPair({ database }: PlacementRule): boolean {
  return database.includes("{tenant}") && database.includes("{module}");
}
