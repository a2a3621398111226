import type { Descriptor, Entry, Provided } from "./descriptor.ts";

/** A module with these parts; handlers get the empty `permissionsRequired` that Okapi wants. */
export function module(id: string, parts: Omit<Partial<Descriptor>, "id"> = {}): Descriptor {
  return { id, requires: [], provides: [], ...parts };
}

/** An entry as "POST DELETE /_/tenant". */
export function entry(text: string, more: Partial<Entry> = {}): Entry {
  const words = text.split(" ");
  return { methods: words.slice(0, -1), pathPattern: words.at(-1) ?? "", permissionsRequired: [], ...more };
}

export function system(id: string, version: string, entries: readonly (string | Entry)[]): Provided {
  const handlers = entries.map((each) => (typeof each === "string" ? entry(each) : each));
  return { id, version, interfaceType: "system", handlers };
}

export const tenant = (version: string, ...entries: readonly (string | Entry)[]): Provided =>
  system("_tenant", version, entries);

export const permissions = (version: string): Provided =>
  system("_tenantPermissions", version, ["POST /permissionscall"]);

export const timer = (...entries: readonly Entry[]): Provided => system("_timer", "1.0", entries);

/** An ordinary interface with one route, `/{id}`. */
export function regular(id: string, version = "1.0", more: Partial<Entry> = {}): Provided {
  return { id, version, handlers: [entry(`GET POST /${id}`, more)] };
}

/** `_tenant` in the shapes that the modules of Okapi's tests have. */
export const tenant11 = tenant("1.1", "POST /_/tenant/disable", "POST DELETE /_/tenant");
export const tenant12 = tenant("1.2", "POST DELETE /_/tenant", "POST /_/tenant/disable");
export const tenant20 = tenant("2.0", "POST /_/tenant", "GET DELETE /_/tenant/{id}");

export const enable = (...ids: readonly string[]): Step[] => ids.map((id) => ({ id, action: "enable" }));
export const disable = (...ids: readonly string[]): Step[] => ids.map((id) => ({ id, action: "disable" }));

interface Step {
  readonly id: string;
  readonly action: string;
}
