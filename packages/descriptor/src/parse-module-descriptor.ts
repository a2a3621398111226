import { isJsonArray } from "@octavo/json";
import type { JsonValue } from "@octavo/json";
import { err } from "@octavo/result";
import type { Result } from "@octavo/result";
import type {
  EnvEntry,
  LaunchDescriptor,
  ModuleDescriptor,
  ProvidedInterface,
  RoutingEntry,
} from "./module-descriptor.ts";
import { parseModuleId } from "./module-id.ts";
import { ObjectReader, readText } from "./object-reader.ts";
import type { Place } from "./place.ts";
import { printSource } from "./print-source.ts";
import { readOptionalInterface, readProvidedInterface, readRequiredInterface } from "./read-interface.ts";
import { readEnvEntry, readLaunchDescriptor, readListedEnvEntry } from "./read-launch-descriptor.ts";
import { readPermission } from "./read-permission.ts";
import { readRoutingEntry } from "./read-routing-entry.ts";
import { refusalAsValue, refuseAt } from "./refusal.ts";
import type { Version } from "./version.ts";

/** Reads a module descriptor and says in one sentence what is wrong: in Okapi's words where it has some (without its prefix
 * "Failed to decode:", which is DECODE_PREFIX of @octavo/json), with the place behind them. A property nobody knows is
 * refused, except in metadata, dockerArgs and permissions (docs/decisions: unknown properties).
 * What is well formed and still not allowed is the matter of validateModuleDescriptor. */
export function parseModuleDescriptor(value: JsonValue): Result<ModuleDescriptor, string> {
  return refusalAsValue(() => readModuleDescriptor(value, null));
}

/** Reads a list of descriptors, as POST /_/proxy/import/modules has it. The first error is that of the whole. */
export function parseModuleDescriptors(value: JsonValue): Result<readonly ModuleDescriptor[], string> {
  if (!isJsonArray(value)) {
    return err(
      "Cannot deserialize value of type array from the body: put an array of module descriptors there",
    );
  }
  return refusalAsValue(() => value.map((item, step) => readModuleDescriptor(item, { parent: null, step })));
}

export function parseRoutingEntry(value: JsonValue): Result<RoutingEntry, string> {
  return refusalAsValue(() => readRoutingEntry(value, null));
}

export function parseLaunchDescriptor(value: JsonValue): Result<LaunchDescriptor, string> {
  return refusalAsValue(() => readLaunchDescriptor(value, null));
}

export function parseEnvEntry(value: JsonValue): Result<EnvEntry, string> {
  return refusalAsValue(() => readEnvEntry(value, null));
}

const KNOWN: ReadonlySet<string> = new Set([
  "id",
  "name",
  "tags",
  "requires",
  "provides",
  "optional",
  "filters",
  "permissionSets",
  "env",
  "metadata",
  "uiDescriptor",
  "launchDescriptor",
  "replaces",
]);

function readModuleDescriptor(value: JsonValue, place: Place | null): ModuleDescriptor {
  const reader = new ObjectReader(value, place, KNOWN);
  const { id, product, version } = readId(reader);
  const printed = printSource(reader.json);
  reader.one("uiDescriptor", checkUiDescriptor);
  return {
    id,
    product,
    version,
    name: reader.text("name"),
    tags: reader.texts("tags"),
    requires: reader.list("requires", (item, parent, step) =>
      readRequiredInterface(item, { parent, step }, id),
    ),
    optional: reader.list("optional", (item, parent, step) =>
      readOptionalInterface(item, { parent, step }, id),
    ),
    provides: readProvides(reader, id, printed.provides),
    filters: reader.list("filters", (item, parent, step) => readRoutingEntry(item, { parent, step })),
    permissionSets: reader.list("permissionSets", readPermission),
    replaces: reader.list("replaces", readProduct),
    env: reader.list("env", readListedEnvEntry),
    launchDescriptor: reader.one("launchDescriptor", readLaunchDescriptor),
    metadata: reader.object("metadata"),
    source: printed.source,
  };
}

function readId(reader: ObjectReader): { id: string; product: string; version: Version } {
  const id = reader.text("id") ?? reader.refuse("id", "id is missing for module");
  const parsed = parseModuleId(id);
  if (!parsed.ok) return reader.refuse("id", parsed.error);
  const { product, version } = parsed.value;
  return version === null
    ? reader.refuse("id", `Missing semantic version for: ${id}`)
    : { id, product, version };
}

function readProvides(
  reader: ObjectReader,
  moduleId: string,
  sources: readonly string[],
): readonly ProvidedInterface[] {
  const provides = reader.list("provides", (item, parent, step) =>
    readProvidedInterface(item, { parent, step }, moduleId, sources[step] ?? ""),
  );
  const seen = new Set<string>();
  for (const { id } of provides) {
    if (seen.has(id)) return reader.refuse("provides", `Interface ${id} provided multiple times`);
    seen.add(id);
  }
  return provides;
}

function readProduct(item: JsonValue, parent: Place, step: number): string {
  const ref = parseModuleId(readText(item, parent, step));
  if (!ref.ok) return refuseAt(ref.error, parent, step);
  return ref.value.version === null
    ? ref.value.product
    : refuseAt(`No semantic version for: ${ref.value.id}`, parent, step);
}

const KNOWN_IN_UI: ReadonlySet<string> = new Set(["npm", "url", "local", "args"]);

/** Nothing here uses it; it must be what it claims to be, and survives in the source. */
function checkUiDescriptor(value: JsonValue, place: Place): void {
  const ui = new ObjectReader(value, place, KNOWN_IN_UI);
  for (const key of KNOWN_IN_UI) ui.text(key);
}
