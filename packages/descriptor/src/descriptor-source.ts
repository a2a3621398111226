import { equalJson, parseJson, printPretty } from "@octavo/json";
import type { JsonValue } from "@octavo/json";
import { assert } from "@octavo/result";
import type { ModuleDescriptor } from "./module-descriptor.ts";

/** As Okapi answers: pretty, with the keys in the order in which they were sent. */
export function printModuleDescriptor(descriptor: ModuleDescriptor): string {
  return printPretty(sourceOf(descriptor));
}

/** Whether both say the same, whatever the order of their keys: posting one for the other changes nothing. */
export function equalModuleDescriptors(a: ModuleDescriptor, b: ModuleDescriptor): boolean {
  return a.source === b.source || (a.id === b.id && equalJson(sourceOf(a), sourceOf(b)));
}

/** Anything that was accepted once is nested no deeper than parseJson ever allows. */
const ANY_DEPTH = 1000;

function sourceOf(descriptor: ModuleDescriptor): JsonValue {
  const parsed = parseJson(descriptor.source, { maxDepth: ANY_DEPTH });
  assert(parsed.ok, "a descriptor's source is JSON");
  return parsed.value;
}
