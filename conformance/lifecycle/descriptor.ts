/** As much of a module descriptor, as it was posted, as Okapi reads to drive the life cycle. */
export interface Descriptor {
  readonly id: string;
  readonly replaces?: readonly string[] | null;
  readonly provides?: readonly Provided[] | null;
  readonly requires?: readonly Required[] | null;
  readonly filters?: readonly Entry[] | null;
  readonly permissionSets?: readonly Permission[] | null;
  readonly [other: string]: unknown;
}

export interface Provided {
  readonly id: string;
  readonly version: string;
  readonly interfaceType?: string;
  readonly handlers?: readonly Entry[] | null;
}

interface Required {
  readonly id: string;
  readonly version: string;
}

export interface Entry {
  readonly methods?: readonly string[];
  readonly path?: string;
  readonly pathPattern?: string;
  readonly phase?: string;
  readonly modulePermissions?: readonly string[] | null;
  readonly [other: string]: unknown;
}

export interface Permission {
  readonly permissionName: string;
  readonly replaces?: readonly string[];
  readonly [other: string]: unknown;
}

/** RoutingEntry.getStaticPath: `path` unless it is missing or empty. */
export function staticPath({ path = "", pathPattern = "" }: Entry): string {
  return path === "" ? pathPattern : path;
}

/** RoutingEntry.match without a path. */
export function takes({ methods = [] }: Entry, method: string): boolean {
  return methods.includes(method) || methods.includes("*");
}

/** ModuleDescriptor.getSystemInterface: only what says that it is one. */
export function systemInterface(descriptor: Descriptor, id: string): Provided | null {
  const found = (descriptor.provides ?? []).find((each) => each.interfaceType === "system" && each.id === id);
  return found ?? null;
}
