import { compareModuleIds, type ModuleDescriptor } from "@octavo/descriptor";
import type { ModuleIndex } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";

/** The enabled modules of a tenant in Okapi's order of module ids.
 * @returns the first id that is not known, as the error */
export function inEnabledOrder(
  ids: Iterable<string>,
  modules: ModuleIndex,
): Result<readonly string[], string> {
  const enabled: ModuleDescriptor[] = [];
  for (const id of ids) {
    const module = modules.get(id);
    if (module === undefined) return err(id);
    enabled.push(module);
  }
  // Two ids may be equal to Okapi ("m-1.5", "m-1.05"); the text decides, so that every instance has the same order.
  return ok(enabled.sort((a, b) => compareModuleIds(a, b) || (a.id < b.id ? -1 : 1)).map(({ id }) => id));
}
