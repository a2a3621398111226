import type { ModuleDescriptor, ProvidedInterface, RoutingEntry } from "@octavo/descriptor";
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  printPretty,
} from "@octavo/json";
import { assert, err, ok, type Result } from "@octavo/result";
import { type ModuleCall, staticPath, takes } from "./planned-call.ts";
import type { StepRefusal } from "./tenant-call.ts";

/** The module that a tenant's permissions are announced to, where one of these is. */
export function announcerAmong(modules: readonly ModuleDescriptor[]): ModuleDescriptor | null {
  return modules.find(announces) ?? null;
}

export function announces(module: ModuleDescriptor): boolean {
  return permissionsInterface(module) !== null;
}

/** Tells `announcer` the permissions of a module that comes, or that one has gone.
 * @returns null where its version of the interface has no word for that
 * @see Okapi: TenantManager.invokePermissionsForModule */
export function permissionsCall(
  announcer: ModuleDescriptor,
  about: ModuleDescriptor,
  isEnabled: boolean,
): Result<ModuleCall | null, StepRefusal> {
  const permissions = permissionsInterface(announcer);
  assert(permissions !== null, "an announcer provides _tenantPermissions");
  const { version, handlers } = permissions;
  if (!knownVersions.includes(version)) {
    const message = `Unknown version of _tenantPermissions interface in use ${version}.`;
    return err({ fault: "user", message });
  }
  if (!isEnabled && version.startsWith("1.")) return ok(null);
  // The last one counts, as in Okapi.
  const entry = handlers.findLast((each) => takes(each, "POST"));
  if (entry === undefined) {
    const message = `Bad _tenantPermissions interface in module ${announcer.id}. No path to POST to`;
    return err({ fault: "user", message });
  }
  return ok({
    kind: "permissions",
    moduleId: announcer.id,
    about: about.id,
    method: "POST",
    path: staticPath(entry),
    body: printPretty(isEnabled ? listOf(about, version) : listOfNone(about)),
    job: null,
    // The whole set of a module's permissions takes the place of the one before.
    isRepeatable: true,
    mayFail: false,
  });
}

const knownVersions: readonly string[] = ["1.0", "1.1", "2.0", "2.1"];

function permissionsInterface({ provides }: ModuleDescriptor): ProvidedInterface | null {
  return provides.find(({ id }) => id === "_tenantPermissions") ?? null;
}

function listOfNone({ id }: ModuleDescriptor): JsonObject {
  return new Map<string, JsonValue>([
    ["moduleId", id],
    ["perms", []],
  ]);
}

function listOf(module: ModuleDescriptor, version: string): JsonObject {
  // What was left out of the descriptor is left out here; an empty list is not.
  const source = sourceOf(module);
  const own = source.get("permissionSets") ?? null;
  const sets = isJsonArray(own)
    ? own.map((each, at) => asOkapi(each, module.permissionSets[at]?.visible ?? null))
    : null;
  const generated = version === "1.0" ? [] : generatedSets(module);
  const all = sets === null && generated.length === 0 ? null : [...(sets ?? []), ...generated];
  const perms = version.startsWith("1.") ? (all?.map(withoutReplaces) ?? null) : all;
  const replaces = version === "2.1" ? module.replaces : [];
  const list = new Map<string, JsonValue>([["moduleId", module.id]]);
  if (perms !== null) list.set("perms", perms);
  if (replaces.length > 0) list.set("replaces", replaces);
  return list;
}

function sourceOf({ source }: ModuleDescriptor): JsonObject {
  const json = parseJson(source, { maxDepth: 1000 });
  assert(json.ok && isJsonObject(json.value), "a descriptor's source is a JSON object");
  return json.value;
}

const permissionProperties = [
  "permissionName",
  "replaces",
  "displayName",
  "description",
  "subPermissions",
  "visible",
];

/** A permission as Okapi's bean prints it: the properties that it knows, in its order.
 * @param isVisible as parsed: in real descriptors it is a text here and there, and a boolean is what is announced */
function asOkapi(permission: JsonValue, isVisible: boolean | null): JsonObject {
  const printed = new Map<string, JsonValue>();
  if (!isJsonObject(permission)) return printed;
  for (const name of permissionProperties) {
    const value = permission.get(name) ?? null;
    if (value !== null) printed.set(name, name === "visible" ? isVisible : value);
  }
  return printed;
}

function withoutReplaces(permission: JsonObject): JsonObject {
  return new Map([...permission].filter(([name]) => name !== "replaces"));
}

/** A set for each entry that has permissions of its own: auth modules are given its name in place of the list.
 * @see Okapi: ModuleDescriptor.getExpandedPermissionSets */
function generatedSets(module: ModuleDescriptor): readonly JsonObject[] {
  const entries = [...module.provides.flatMap(({ handlers }) => handlers), ...module.filters];
  return entries.flatMap((entry) => {
    const permissions = entry.modulePermissions ?? [];
    return permissions.length === 0 ? [] : [generatedSet(module.id, entry, permissions)];
  });
}

function generatedSet(moduleId: string, entry: RoutingEntry, permissions: readonly string[]): JsonObject {
  const name = `SYS#${moduleId}#${staticPath(entry)}#[${entry.methods.join(", ")}]`;
  return new Map<string, JsonValue>([
    ["permissionName", name],
    ["displayName", `System generated: ${name}`],
    ["description", "System generated permission set"],
    ["subPermissions", permissions],
    ["visible", false],
  ]);
}
