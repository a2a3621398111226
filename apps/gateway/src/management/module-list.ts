import { printModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { type JsonObject, printPretty } from "@octavo/json";
import { filterModules, graphDot } from "@octavo/resolution";
import { ok, type Result } from "@octavo/result";
import type { Refusal, Reply } from "./handler.ts";
import { printList } from "./print-list.ts";
import { booleanParameter } from "./query-parameters.ts";
import { badRequest } from "./refusals.ts";
import { jsonText, plainText, presentFields } from "./reply.ts";

/** A list of modules as its query parameters want it: brief, whole (full=true) or as a graph (dot=true).
 * @param form whether the brief form has names: Okapi's list of all modules does, that of a tenant does not */
export async function listed(
  query: URLSearchParams,
  modules: readonly ModuleDescriptor[],
  form: { readonly withName: boolean },
): Promise<Result<Reply, Refusal>> {
  const dot = booleanParameter(query, "dot", false);
  if (!dot.ok) return dot;
  const full = booleanParameter(query, "full", false);
  if (!full.ok) return full;
  const chosen = filterModules(modules, {
    filter: query.get("filter"),
    latest: query.get("latest"),
    provide: query.get("provide"),
    require: query.get("require"),
    scope: query.get("scope"),
    orderBy: query.get("orderBy"),
    order: query.get("order"),
    preRelease: query.get("preRelease"),
    npmSnapshot: query.get("npmSnapshot"),
  });
  if (!chosen.ok) return badRequest(chosen.error);
  if (dot.value) return ok(plainText(200, graphDot(chosen.value)));
  const print = full.value
    ? printModuleDescriptor
    : (module: ModuleDescriptor) => printPretty(brief(module, form.withName));
  return ok(jsonText(200, await printList(chosen.value, print)));
}

/** The brief form of one module. */
export function brief(module: ModuleDescriptor, withName: boolean): JsonObject {
  return presentFields([
    ["id", module.id],
    ["name", withName ? module.name : null],
    ["tags", module.tags.length === 0 ? null : module.tags],
  ]);
}
