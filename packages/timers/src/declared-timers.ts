import { type ModuleDescriptor, parseRoutingEntry, type RoutingEntry } from "@octavo/descriptor";
import { isJsonArray, isJsonObject, type JsonObject, parseJson } from "@octavo/json";
import { assert } from "@octavo/result";
import { type TimerPatch, withPatch } from "./timer-patch.ts";

/** A timer as one tenant has it: what its module declares, with what was changed about when it fires. */
export interface Timer {
  /** Product, "_", place in the descriptor. */
  readonly id: string;
  readonly module: ModuleDescriptor;
  readonly entry: RoutingEntry;
  /** The entry in the words of the descriptor. */
  readonly source: JsonObject;
  readonly isPatched: boolean;
}

const DECLARED = new WeakMap<ModuleDescriptor, readonly Timer[]>();

/** The timers of enabled modules, by id: from their `_timer` interfaces.
 * @param patchOf what was changed of a timer, null where nothing was */
export function timersOf(
  modules: readonly ModuleDescriptor[],
  patchOf: (timerId: string) => TimerPatch | null,
): readonly Timer[] {
  const timers = modules.flatMap(declaredBy).map((timer) => {
    const patch = patchOf(timer.id);
    return patch === null ? timer : patched(timer, patch);
  });
  return timers.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function declaredBy(module: ModuleDescriptor): readonly Timer[] {
  const known = DECLARED.get(module);
  if (known !== undefined) return known;
  const provided = module.provides.find(({ id }) => id === "_timer");
  const sources = provided === undefined ? [] : handlersAsSent(provided.source);
  const timers = sources.map((source, at): Timer => {
    const entry = provided?.handlers[at];
    assert(entry !== undefined, "an interface has as many handlers as its source");
    return { id: `${module.product}_${at}`, module, entry, source, isPatched: false };
  });
  DECLARED.set(module, timers);
  return timers;
}

function patched(timer: Timer, patch: TimerPatch): Timer {
  const source = withPatch(timer.source, patch);
  const entry = parseRoutingEntry(source);
  assert(entry.ok, "a patch was checked before it was kept");
  return { ...timer, entry: entry.value, source, isPatched: true };
}

function handlersAsSent(source: string): readonly JsonObject[] {
  const parsed = parseJson(source);
  assert(parsed.ok && isJsonObject(parsed.value), "an interface in the registry is a JSON object");
  const handlers = parsed.value.get("handlers") ?? null;
  return isJsonArray(handlers) ? handlers.filter(isJsonObject) : [];
}
