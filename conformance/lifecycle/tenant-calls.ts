import { type Descriptor, type Entry, type Provided, staticPath, takes } from "./descriptor.ts";

/** A call that Okapi makes to a module of its own accord. */
export interface SystemCall {
  readonly moduleId: string;
  readonly method: string;
  readonly path: string;
  /** As JSON; null: an empty body. */
  readonly body: unknown;
}

export interface TenantOperation {
  /** The module's version of before; null: it was not enabled. */
  readonly from: string | null;
  /** null: it is disabled. */
  readonly to: string | null;
  /** Of a disable: take the data away too. */
  readonly purge: boolean;
  /** The query parameter as it is; null where there is none. */
  readonly tenantParameters: string | null;
}

/** What `_tenant` of a module is called with, after TenantManager.getTenantInstanceForModule and invokeTenantInterface1; the
 * looks at a job are left out. Nothing for versions that Okapi refuses: the step fails then. */
export function tenantCalls(module: Descriptor, operation: TenantOperation): SystemCall[] {
  return (module.provides ?? [])
    .filter(({ id }) => id === "_tenant")
    .flatMap((tenant) => {
      const entry = entryFor(tenant, operation);
      if (entry === null) return [];
      const { method, path } = entry;
      const body = method === "DELETE" ? null : attributes(tenant.version, operation);
      return [{ moduleId: module.id, method, path, body }];
    })
    .slice(0, 1);
}

interface Target {
  readonly method: "POST" | "DELETE";
  readonly path: string;
}

function entryFor(tenant: Provided, { to, purge }: TenantOperation): Target | null {
  switch (tenant.version) {
    case "1.0":
      // Disabling is nothing to 1.0, only purging. Without usable handlers POST /_/tenant is tried.
      if (to === null && !purge) return null;
      return firstVersionEntry(tenant, to, purge) ?? (purge ? null : { method: "POST", path: "/_/tenant" });
    case "1.1":
    case "1.2":
      return firstVersionEntry(tenant, to, purge);
    case "2.0":
      return secondVersionEntry(tenant);
    default:
      return null;
  }
}

function firstVersionEntry(tenant: Provided, to: string | null, purge: boolean): Target | null {
  const method = purge ? "DELETE" : "POST";
  for (const entry of systemEntries(tenant)) {
    if (!takes(entry, method)) continue;
    const path = staticPath(entry);
    if (purge || (path === "/_/tenant/disable") === (to === null)) return { method, path };
  }
  return null;
}

function secondVersionEntry(tenant: Provided): Target | null {
  const entry = systemEntries(tenant).find((each) => takes(each, "POST") && staticPath(each).includes("/"));
  return entry === undefined ? null : { method: "POST", path: staticPath(entry) };
}

function systemEntries({ interfaceType, handlers }: Provided): readonly Entry[] {
  return interfaceType === "system" ? (handlers ?? []) : [];
}

function attributes(version: string, { from, to, purge, tenantParameters }: TenantOperation): unknown {
  const parameters =
    tenantParameters !== null && (version === "1.2" || version === "2.0")
      ? { parameters: parameterList(tenantParameters) }
      : {};
  return {
    ...(to === null ? {} : { module_to: to }),
    ...(from === null ? {} : { module_from: from }),
    ...(version === "2.0" ? { purge } : {}),
    ...parameters,
  };
}

/** As Java's split does it: empty pieces at the end are dropped, and what stands behind a second "=". */
function parameterList(text: string): unknown[] {
  return pieces(text, ",").flatMap((each) => {
    const [key, value] = pieces(each, "=");
    if (key === undefined) return [];
    return [{ key, ...(value === undefined ? {} : { value }) }];
  });
}

function pieces(text: string, separator: string): readonly string[] {
  const all = text.split(separator);
  const end = all.findLastIndex((each) => each !== "") + 1;
  return text === "" ? [""] : all.slice(0, end);
}
