/** What a module is called for. "filter": its filter is asked; "request": an ordinary call, by a client or another module. */
export type CallKind =
  | "init"
  | "disable"
  | "purge"
  | "poll"
  | "forget"
  | "permissions"
  | "timer"
  | "filter"
  | "request";

/** As much of a module descriptor as tells its system interfaces. */
export interface HostedDescriptor {
  readonly id: string;
  readonly provides?: readonly HostedInterface[] | null;
}

export interface HostedInterface {
  readonly id: string;
  readonly version?: string;
  readonly handlers?: readonly HostedEntry[] | null;
}

export interface HostedEntry {
  readonly methods?: readonly string[] | null;
  readonly path?: string | null;
  readonly pathPattern?: string | null;
}

export interface SystemCall {
  readonly method: string;
  readonly path: string;
  readonly isForFilter: boolean;
  readonly body: string;
}

/** What the call is, by the descriptor of the module that it arrived at. */
export function callKind(descriptor: HostedDescriptor, call: SystemCall): CallKind {
  if (call.isForFilter) return "filter";
  const tenant = entriesOf(descriptor, "_tenant");
  if (tenant !== null) {
    const kind = tenantCallKind(tenant, call);
    if (kind !== null) return kind;
  }
  if (isAmong(entriesOf(descriptor, "_tenantPermissions") ?? [], call)) return "permissions";
  return isAmong(entriesOf(descriptor, "_timer") ?? [], call) ? "timer" : "request";
}

function tenantCallKind(entries: readonly HostedEntry[], call: SystemCall): CallKind | null {
  // A _tenant without handlers is old: POST /_/tenant is understood.
  const known = entries.length === 0 ? [{ methods: ["POST"], path: "/_/tenant" }] : entries;
  const entry = known.find((each) => isMatch(each, call));
  if (entry === undefined) return null;
  if (pathOf(entry).includes("{")) return call.method === "GET" ? "poll" : "forget";
  if (call.method === "DELETE") return "purge";
  if (call.method !== "POST") return null;
  return call.path.endsWith("/disable") ? "disable" : operationOf(call.body);
}

/** What the body of `POST /_/tenant` asks for. */
function operationOf(body: string): CallKind {
  try {
    // as: TenantAttributes of the interface; what is missing is undefined
    const { module_to, purge } = JSON.parse(body) as { module_to?: unknown; purge?: unknown };
    return purge === true ? "purge" : module_to === undefined ? "disable" : "init";
  } catch {
    return "init";
  }
}

function entriesOf(descriptor: HostedDescriptor, id: string): readonly HostedEntry[] | null {
  const provided = (descriptor.provides ?? []).filter((each) => each.id === id);
  return provided.length === 0 ? null : provided.flatMap((each) => each.handlers ?? []);
}

function isAmong(entries: readonly HostedEntry[], call: SystemCall): boolean {
  return entries.some((entry) => isMatch(entry, call));
}

function isMatch(entry: HostedEntry, { method, path }: SystemCall): boolean {
  const methods = entry.methods ?? [];
  if (!methods.includes(method) && !methods.includes("*")) return false;
  const parts = pathOf(entry).split("/");
  const given = path.split("/");
  return (
    parts.length === given.length && parts.every((part, at) => part.startsWith("{") || part === given[at])
  );
}

const pathOf = ({ path, pathPattern }: HostedEntry): string => path ?? pathPattern ?? "";
