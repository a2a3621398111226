import type { ModuleDescriptor, ProvidedInterface, RoutingEntry } from "@octavo/descriptor";
import { isJsonArray, isJsonObject, type JsonValue, printPretty } from "@octavo/json";
import { err, ok, type Result } from "@octavo/result";
import { type ModuleCall, staticPath, takes } from "./planned-call.ts";
import { tenantParameterList } from "./tenant-parameters.ts";

/** What is asked of `_tenant`: `to` comes, or `from` goes, or one takes the other's place. */
export interface TenantMove {
  readonly from: string | null;
  readonly to: string | null;
  /** Of a module that goes: with its data. */
  readonly purge: boolean;
  /** The query parameter as it came; null where there was none. */
  readonly tenantParameters: string | null;
}

/** Why a step cannot be carried out, with the fault as Okapi sees it: 400 or 500. */
export interface StepRefusal {
  readonly fault: "user" | "internal";
  readonly message: string;
}

/** The call of a module's `_tenant`, as Okapi makes it.
 * @returns null where the module is not to be told
 * @see Okapi: TenantManager.getTenantInstanceForModule */
export function tenantCall(
  module: ModuleDescriptor,
  move: TenantMove,
): Result<ModuleCall | null, StepRefusal> {
  const tenant = module.provides.find(({ id }) => id === "_tenant");
  if (tenant === undefined) return ok(null);
  const isPurge = move.purge && move.to === null;
  switch (tenant.version) {
    case "1.0":
    case "1.1":
    case "1.2":
      return ok(firstVersionCall(module, tenant, move, isPurge));
    case "2.0":
      return secondVersionCall(module, tenant, move, isPurge);
    default:
      return err({ fault: "user", message: `Unsupported interface _tenant: ${tenant.version}` });
  }
}

function firstVersionCall(
  module: ModuleDescriptor,
  tenant: ProvidedInterface,
  move: TenantMove,
  isPurge: boolean,
): ModuleCall | null {
  if (isPurge) {
    const entry = tenant.handlers.find((each) => takes(each, "DELETE"));
    return entry === undefined ? null : call(module, "DELETE", staticPath(entry), "", isPurge);
  }
  // Disabling is nothing to 1.0.
  if (tenant.version === "1.0" && move.to === null) return null;
  const entry = tenant.handlers.find(
    (each) => takes(each, "POST") && isDisablePath(each) === (move.to === null),
  );
  if (entry === undefined && tenant.version !== "1.0") return null;
  // Old descriptors of 1.0 name no handler at all.
  const path = entry === undefined ? "/_/tenant" : staticPath(entry);
  const withParameters = tenant.version === "1.2";
  return call(module, "POST", path, bodyOf(move, null, withParameters), isPurge);
}

function secondVersionCall(
  module: ModuleDescriptor,
  tenant: ProvidedInterface,
  move: TenantMove,
  isPurge: boolean,
): Result<ModuleCall | null, StepRefusal> {
  const entryFor = (method: string, part: string): RoutingEntry | undefined =>
    tenant.handlers.find((each) => takes(each, method) && staticPath(each).includes(part));
  const post = entryFor("POST", "/");
  if (post === undefined) return ok(null);
  const planned = call(module, "POST", staticPath(post), bodyOf(move, isPurge, true), isPurge);
  const get = entryFor("GET", "{id}");
  if (get === undefined) return ok(planned);
  const remove = entryFor("DELETE", "{id}");
  if (remove === undefined) {
    const message = `Missing DELETE method for tenant interface version 2 for module ${module.id}`;
    return err({ fault: "internal", message });
  }
  return ok({ ...planned, job: { get: staticPath(get), delete: staticPath(remove) } });
}

function call(
  module: ModuleDescriptor,
  method: ModuleCall["method"],
  path: string,
  body: string,
  isPurge: boolean,
): ModuleCall {
  return {
    kind: isPurge ? "purge" : "tenant",
    moduleId: module.id,
    about: module.id,
    method,
    path,
    body,
    job: null,
    isRepeatable: declaresRepeatable(module, "_tenant"),
    mayFail: false,
  };
}

/** @param purge null where this version has no such property */
function bodyOf(move: TenantMove, purge: boolean | null, withParameters: boolean): string {
  const body = new Map<string, JsonValue>();
  if (move.to !== null) body.set("module_to", move.to);
  if (move.from !== null) body.set("module_from", move.from);
  if (purge !== null) body.set("purge", purge);
  if (withParameters && move.tenantParameters !== null) {
    body.set("parameters", tenantParameterList(move.tenantParameters));
  }
  return printPretty(body);
}

function isDisablePath(entry: RoutingEntry): boolean {
  return staticPath(entry) === "/_/tenant/disable";
}

/** `metadata.octavo.repeatable: ["_tenant"]`: the module says that the same call, sent twice, does the same as sent once. */
function declaresRepeatable({ metadata }: ModuleDescriptor, interfaceId: string): boolean {
  const octavo = metadata?.get("octavo") ?? null;
  const listed = isJsonObject(octavo) ? (octavo.get("repeatable") ?? null) : null;
  return isJsonArray(listed) && listed.includes(interfaceId);
}
