import { equalModuleDescriptors, type ModuleDescriptor, type VersionFilter } from "@octavo/descriptor";
import type { Change, Snapshot } from "@octavo/registry";
import { checkAvailable } from "@octavo/resolution";
import { ok, type Result } from "@octavo/result";
import { gatewayInterfaces } from "./gateway-interfaces.ts";
import type { Refusal } from "./handler.ts";
import { booleanParameter, versionFilterParameter } from "./query-parameters.ts";
import { badRequest } from "./refusals.ts";

export interface ModuleChecks {
  /** Whether dependencies must be known, and a known id must come with the same descriptor. */
  readonly check: boolean;
  /** Which known modules may meet a dependency. */
  readonly versionFilter: VersionFilter;
}

export function readModuleChecks(query: URLSearchParams): Result<ModuleChecks, Refusal> {
  const check = booleanParameter(query, "check", true);
  if (!check.ok) return check;
  const versionFilter = versionFilterParameter(query);
  if (!versionFilter.ok) return versionFilter;
  return ok({ check: check.value, versionFilter: versionFilter.value });
}

/** What makes these modules known: those that are not yet, all or none. A known module never changes. */
export function addModules(
  snapshot: Snapshot,
  modules: readonly ModuleDescriptor[],
  { check, versionFilter }: ModuleChecks,
): Result<readonly Change[], Refusal> {
  const added = new Map<string, ModuleDescriptor>();
  for (const module of modules) {
    const known = snapshot.modules.get(module.id) ?? added.get(module.id);
    if (known === undefined) added.set(module.id, module);
    else if (check && !equalModuleDescriptors(known, module)) {
      return badRequest(`create: module ${module.id} already exists`);
    }
  }
  const news = [...added.values()];
  if (check) {
    const problems = checkAvailable(snapshot.modules.with(news), news, {
      versionFilter,
      gatewayProvides: gatewayInterfaces,
    });
    if (problems !== "") return badRequest(problems);
  }
  return ok(news.map((module) => ({ kind: "module.added", module })));
}
