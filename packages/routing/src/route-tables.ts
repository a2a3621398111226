import type { ModuleDescriptor } from "@octavo/descriptor";
import { compileRoutes } from "./route-table.ts";
import type { RouteTable } from "./route-table.ts";

/** One table for each distinct set of enabled modules. Tenants with the same set get the same object, and a set that was
 * there before a change keeps its table, so a change costs what it changes. */
export interface RouteTables {
  /** @param enabled ids in order, as the snapshot has them */
  tableOf(enabled: readonly string[]): RouteTable | undefined;
  readonly size: number;
}

/** @param enabledSets the enabled ids of each tenant
 * @param moduleOf the descriptor of a known id
 * @param previous the tables of the snapshot before: reused where the set and its descriptors are the same */
export function compileRouteTables(
  enabledSets: Iterable<readonly string[]>,
  moduleOf: (id: string) => ModuleDescriptor | undefined,
  previous: RouteTables | null,
): RouteTables {
  const tables = new Map<string, RouteTable>();
  for (const enabled of enabledSets) {
    const key = keyOf(enabled);
    if (tables.has(key)) continue;
    const modules = enabled.flatMap((id) => moduleOf(id) ?? []);
    const before = previous?.tableOf(enabled);
    const isSame =
      before?.modules.length === modules.length && before.modules.every((each, at) => each === modules[at]);
    tables.set(key, before !== undefined && isSame ? before : compileRoutes(modules));
  }
  return { tableOf: (enabled) => tables.get(keyOf(enabled)), size: tables.size };
}

/** Ids hold no line break: the descriptor's parser refuses it. */
function keyOf(enabled: readonly string[]): string {
  return enabled.join("\n");
}
