import { parseRoutingEntry } from "@octavo/descriptor";
import { isJsonObject, type JsonObject, type JsonValue, parseJson, printCompact } from "@octavo/json";
import { assert, err, ok, type Result } from "@octavo/result";
import { wholeNumber } from "./cadence.ts";

/** What of a timer can be changed, as it was sent: these of `unit`, `delay` and `schedule` that are there. The others of the
 * three count as absent, whatever the module declares. The rest of an entry always is the descriptor's. */
export type TimerPatch = JsonObject;

const PATCHABLE = ["unit", "delay", "schedule"] as const;

/** @param entry a routing entry, of which only when it fires is looked at
 * @returns null: it brings back what the module declares; as the error, what is wrong in a sentence */
export function readPatch(entry: JsonValue): Result<TimerPatch | null, string> {
  const parsed = parseRoutingEntry(entry);
  if (!parsed.ok) return parsed;
  const { delay } = parsed.value;
  if (delay !== null && wholeNumber(delay) === null) {
    return err(
      `The delay "${delay}" is no whole number: give one from 1 to 2147483647, or 0 to stop the timer`,
    );
  }
  const patch = new Map<string, JsonValue>();
  for (const key of PATCHABLE) {
    const value = isJsonObject(entry) ? (entry.get(key) ?? null) : null;
    if (value !== null) patch.set(key, value);
  }
  return ok(patch.size === 0 ? null : patch);
}

/** In the order of the entry; what is new comes last. */
export function withPatch(entry: JsonObject, patch: TimerPatch): JsonObject {
  const made = new Map<string, JsonValue>();
  for (const [key, value] of entry) {
    if (!isPatchable(key)) made.set(key, value);
    else if (patch.has(key)) made.set(key, patch.get(key) ?? null);
  }
  for (const [key, value] of patch) made.set(key, value);
  return made;
}

export function printPatch(patch: TimerPatch): string {
  return printCompact(patch);
}

export function parsePatch(text: string): TimerPatch {
  const parsed = parseJson(text);
  assert(parsed.ok && isJsonObject(parsed.value), "a patch in the registry is a JSON object");
  return parsed.value;
}

function isPatchable(key: string): boolean {
  return PATCHABLE.some((each) => each === key);
}
