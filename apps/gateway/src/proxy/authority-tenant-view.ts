import type { ModuleDescriptor, Permission } from "@octavo/descriptor";
import { isJsonArray, isJsonObject } from "@octavo/json";
import { compileRoutes, type Route, type RouteTable } from "@octavo/routing";
import type { Snapshot, Tenant } from "@octavo/registry";
import { type Claims, compilePermissionRule, isPublic, type PermissionRule } from "@octavo/tokens";
import { permissionSetName } from "./module-permissions.ts";

/** What a route asks for, ready to be compared. */
export interface RouteRule {
  readonly plain: PermissionRule;
  /** In place of `plain` where the path names the caller's own tenant; null where the entry has no such list. */
  readonly ofTenant: PermissionRule | null;
}

/** A module that tells who somebody is, with its own routes. */
export interface IdentityProvider {
  readonly module: ModuleDescriptor;
  readonly table: RouteTable;
  /** It tells of each change at once, so that what it said may be kept: `metadata.octavo.pushesIdentity`. */
  readonly pushes: boolean;
}

const NONE: ReadonlySet<string> = new Set();
/** Longer lists of a module's permissions go into its token by the name of the set: many servers take 8 KiB of headers. */
const LONGEST_LIST = 2048;

/** What an authority needs of one set of enabled modules. The same object for every tenant with that set. */
export class TenantView {
  readonly enabled: ReadonlySet<string>;
  /** Names of all permissions that these modules define. */
  readonly permissions: ReadonlySet<string>;
  readonly users: IdentityProvider | null;
  readonly permissionsOfUsers: IdentityProvider | null;
  readonly #modules: readonly ModuleDescriptor[];
  readonly #defined: ReadonlyMap<string, Permission>;
  readonly #rules = new Map<Route, Map<string, RouteRule>>();
  readonly #expanded = new WeakMap<Claims, ReadonlySet<string>>();
  #routeSets: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(modules: readonly ModuleDescriptor[]) {
    this.#modules = modules;
    this.enabled = new Set(modules.map(({ id }) => id));
    this.#defined = new Map(
      modules
        .flatMap((module) => module.permissionSets)
        .map((permission) => [permission.permissionName, permission]),
    );
    this.permissions = new Set(this.#defined.keys());
    this.users = providerOf("users", modules);
    this.permissionsOfUsers = providerOf("permissions", modules);
  }

  /** Whether it is of these very descriptors: an id may have come back with another one. */
  isOf(modules: readonly ModuleDescriptor[]): boolean {
    return modules.length === this.#modules.length && modules.every((each, at) => each === this.#modules[at]);
  }

  interfacesOf(moduleId: string): readonly string[] {
    const module = this.#modules.find(({ id }) => id === moduleId);
    return module?.provides.map(({ id }) => id) ?? [];
  }

  ruleOf(route: Route, method: string): RouteRule {
    const known = this.#rules.get(route)?.get(method);
    return known ?? this.#compile(route, method);
  }

  /** The extra permissions of a token with the permissions that they contain, as these modules define them. */
  expandedOf(claims: Claims): ReadonlySet<string> {
    const extra = "extra_permissions" in claims ? claims.extra_permissions : null;
    if (extra === null || extra.length === 0) return NONE;
    const known = this.#expanded.get(claims);
    if (known !== undefined) return known;
    const expanded = this.expand(extra);
    this.#expanded.set(claims, expanded);
    return expanded;
  }

  /** What a module's token says of its permissions. */
  extraPermissionsOf(route: Route): readonly string[] {
    const permissions = route.entry.modulePermissions ?? [];
    return JSON.stringify(permissions).length <= LONGEST_LIST ? permissions : [permissionSetName(route)];
  }

  #compile(route: Route, method: string): RouteRule {
    const { entry, module } = route;
    const ofTenant = entry.permissionsRequiredTenant;
    const path = entry.pathPattern ?? entry.path ?? "";
    // Only a route's own module can open it.
    const isOpen = isPublic(method, path, { descriptors: publicLinesOf(module), operator: NONE });
    const rule = {
      plain: compilePermissionRule([entry], isOpen),
      ofTenant: ofTenant === null ? null : compilePermissionRule([entry], isOpen, () => ofTenant),
    };
    const ofRoute = this.#rules.get(route) ?? new Map<string, RouteRule>();
    this.#rules.set(route, ofRoute.set(method, rule));
    return rule;
  }

  /** These permissions with those that they contain, as these modules define them. */
  expand(names: readonly string[]): ReadonlySet<string> {
    const found = new Set<string>();
    const waiting = names.flatMap((name) => (name.startsWith("SYS#") ? this.#routeSet(name) : [name]));
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      waiting.push(...(this.#defined.get(name)?.subPermissions ?? []));
    }
    return found;
  }

  #routeSet(name: string): readonly string[] {
    this.#routeSets ??= new Map(
      this.#modules.flatMap((module) =>
        [...module.provides.flatMap(({ handlers }) => handlers), ...module.filters]
          .filter(({ modulePermissions }) => modulePermissions !== null)
          .map((entry) => [permissionSetName({ module, entry }), entry.modulePermissions ?? []]),
      ),
    );
    return this.#routeSets.get(name) ?? [];
  }
}

/** Views of the snapshots that are in use. */
export class TenantViews {
  readonly #byTenant = new WeakMap<Tenant, TenantView>();
  /** By the ids of the set. */
  readonly #bySet = new Map<string, WeakRef<TenantView>>();

  of(snapshot: Snapshot, tenant: Tenant): TenantView {
    return this.#byTenant.get(tenant) ?? this.#learn(snapshot, tenant);
  }

  #learn(snapshot: Snapshot, tenant: Tenant): TenantView {
    const modules = tenant.enabled.flatMap((id) => snapshot.modules.get(id) ?? []);
    const key = tenant.enabled.join("\n");
    const known = this.#bySet.get(key)?.deref();
    const view = known?.isOf(modules) === true ? known : new TenantView(modules);
    for (const [set, ref] of this.#bySet) if (ref.deref() === undefined) this.#bySet.delete(set);
    this.#bySet.set(key, new WeakRef(view));
    this.#byTenant.set(tenant, view);
    return view;
  }
}

function providerOf(interfaceId: string, modules: readonly ModuleDescriptor[]): IdentityProvider | null {
  const module = modules.find(({ provides }) =>
    provides.some(({ id, type }) => id === interfaceId && type === "proxy"),
  );
  if (module === undefined) return null;
  return { module, table: compileRoutes([module]), pushes: octavoOf(module)?.get("pushesIdentity") === true };
}

function publicLinesOf(module: ModuleDescriptor): ReadonlySet<string> {
  const listed = octavoOf(module)?.get("public") ?? null;
  return isJsonArray(listed) ? new Set(listed.filter((line) => typeof line === "string")) : NONE;
}

function octavoOf({ metadata }: ModuleDescriptor) {
  const octavo = metadata?.get("octavo") ?? null;
  return isJsonObject(octavo) ? octavo : null;
}
