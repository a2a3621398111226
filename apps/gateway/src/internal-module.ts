import { parseModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { internalModuleDescriptor } from "@octavo/management-api";
import { assert } from "@octavo/result";

/** The module that the gateway itself is. */
export function internalModule(): ModuleDescriptor {
  const json = parseJson(internalModuleDescriptor());
  assert(json.ok, "the internal module's descriptor is JSON");
  const descriptor = parseModuleDescriptor(json.value);
  assert(descriptor.ok, "the internal module's descriptor is one");
  return descriptor.value;
}
