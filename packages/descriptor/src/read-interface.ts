import type { JsonValue } from "@octavo/json";
import { isValidInterfaceVersion } from "./interface-version.ts";
import type {
  InterfaceReference,
  InterfaceType,
  ProvidedInterface,
  RoutingEntry,
} from "./module-descriptor.ts";
import { ObjectReader } from "./object-reader.ts";
import type { Place } from "./place.ts";
import { readPermission } from "./read-permission.ts";
import { readRoutingEntry } from "./read-routing-entry.ts";

/** The same everywhere, as in Okapi, where what a reference has no use for is accepted all the same. */
const KNOWN: ReadonlySet<string> = new Set([
  "id",
  "version",
  "interfaceType",
  "handlers",
  "permissionSets",
  "scope",
]);

/** @param moduleId for the sentences that name it
 * @param source its own JSON, printed */
export function readProvidedInterface(
  value: JsonValue,
  place: Place,
  moduleId: string,
  source: string,
): ProvidedInterface {
  const reader = new ObjectReader(value, place, KNOWN);
  const { id, version, scope } = readReference(reader, moduleId);
  const written = readType(reader, moduleId);
  return {
    id,
    version,
    scope,
    type: id.startsWith("_") && written !== "internal" ? "system" : written,
    isMultiple: written === "multiple",
    handlers: readHandlers(reader),
    source,
  };
}

export function readRequiredInterface(value: JsonValue, place: Place, moduleId: string): InterfaceReference {
  const reader = new ObjectReader(value, place, KNOWN);
  const reference = readReference(reader, moduleId);
  if (readHandlers(reader).length > 0) {
    return reader.refuse("handlers", `No handlers allowed in 'requires' section for module ${moduleId}`);
  }
  return reference;
}

export function readOptionalInterface(value: JsonValue, place: Place, moduleId: string): InterfaceReference {
  const reader = new ObjectReader(value, place, KNOWN);
  readHandlers(reader); // unlike in 'requires' Okapi lets them stand; they must still be handlers
  return readReference(reader, moduleId);
}

function readReference(reader: ObjectReader, moduleId: string): InterfaceReference {
  const id = reader.text("id") ?? reader.refuse("id", `id is missing for module ${moduleId}`);
  const version =
    reader.text("version") ?? reader.refuse("version", `version is missing for module ${moduleId}`);
  if (!isValidInterfaceVersion(version)) return reader.refuse("version", `Bad version number '${version}'`);
  reader.list("permissionSets", readPermission); // accepted as in Okapi's schema, and used by nobody
  return { id, version, scope: reader.texts("scope") };
}

function readHandlers(reader: ObjectReader): readonly RoutingEntry[] {
  return reader.list("handlers", (item, parent, step) => readRoutingEntry(item, { parent, step }));
}

const TYPES: ReadonlySet<string> = new Set<InterfaceType>(["proxy", "system", "multiple", "internal"]);

function isInterfaceType(text: string): text is InterfaceType {
  return TYPES.has(text);
}

function readType(reader: ObjectReader, moduleId: string): InterfaceType {
  const written = reader.text("interfaceType") ?? "proxy";
  return isInterfaceType(written)
    ? written
    : reader.refuse("interfaceType", `Bad interface type '${written}' for module ${moduleId}`);
}
