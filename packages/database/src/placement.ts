import { homeSchemaName, isDatabaseName, schemaName, tenantName, underscored } from "./schema-name.ts";
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

/** @param isolated the module demands a database of its own for each tenant; a rule that would share one is not followed then
 * @throws Error that says which name is not allowed */
export function placeOf(
  placement: Placement,
  tenantId: string,
  moduleName: string,
  isolated: boolean,
): Place {
  const schema = schemaName(tenantId, moduleName);
  const { rule, separates } = ruleFor(placement, tenantId, moduleName);
  const isShared = separates.some((placeholder) => !rule.database.includes(placeholder));
  const pattern = isolated && isShared ? `${TENANT}_${MODULE}` : rule.database;
  const database = pattern.replace(TENANT, tenantName(tenantId)).replace(MODULE, underscored(moduleName));
  if (pattern !== database && !isDatabaseName(database)) {
    throw new Error(
      `"${database}" cannot be a database's name: give the tenant a shorter id, or a rule of its own`,
    );
  }
  return { cluster: rule.cluster, database, schema };
}

const TENANT = "{tenant}";
const MODULE = "{module}";

/** @returns the rule, and which placeholders its database must have to be that of one tenant in one module */
function ruleFor(
  { pairs, modules, tenants, default: otherwise }: Placement,
  tenantId: string,
  moduleName: string,
) {
  const pair = pairs.find(({ tenant, module }) => tenant === tenantId && module === moduleName);
  if (pair !== undefined) return { rule: pair, separates: [] };
  const ofModule = ownValue(modules, moduleName);
  if (ofModule !== null) return { rule: ofModule, separates: [TENANT] };
  const ofTenant = ownValue(tenants, tenantId);
  if (ofTenant !== null) return { rule: ofTenant, separates: [MODULE] };
  return { rule: otherwise, separates: [TENANT, MODULE] };
}

/** A tenant may be called "constructor". */
function ownValue(rules: Readonly<Record<string, PlacementRule>>, name: string): PlacementRule | null {
  return Object.hasOwn(rules, name) ? (rules[name] ?? null) : null;
}

export function homePlace(home: PlacementRule, moduleName: string): Place {
  return { cluster: home.cluster, database: home.database, schema: homeSchemaName(moduleName) };
}
