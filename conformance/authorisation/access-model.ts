import type { RawDescriptor, RawEntry } from "./raw-descriptor.ts";

/** Who may call what, as docs/decisions/0008-tenant-identity.md has it: written down a second time, from the descriptors' JSON, in the
 * plainest way that there is. It shares nothing with the gateway that it judges. */

export interface Question {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  /** X-Okapi-Module-Id. */
  readonly moduleId: string | null;
  readonly tenantId: string;
}

export type Asker =
  | { readonly kind: "nobody" }
  /** With a token of this tenant, which is not the one that he asks for. */
  | { readonly kind: "stranger"; readonly tenantId: string }
  | {
      readonly kind: "known";
      readonly userId: string;
      /** Expanded; with those of his token, where a module calls for him. */
      readonly permissions: ReadonlySet<string>;
    };

export type Expected =
  | { readonly kind: "refused"; readonly status: number; readonly text: string }
  | {
      readonly kind: "reached";
      readonly moduleId: string;
      readonly userId: string | null;
      /** Sorted. */
      readonly permissions: readonly string[];
      readonly token: ExpectedToken;
    };

export type ExpectedToken =
  | { readonly kind: "callers-own" }
  | { readonly kind: "anonymous" }
  | { readonly kind: "module"; readonly extraPermissions: readonly string[] };

export interface RawRoute {
  readonly module: RawDescriptor;
  readonly kind: "proxy" | "multiple" | "system";
  readonly method: string;
  readonly entry: RawEntry;
}

/** Release A's routes without a permission that somebody needs who has not signed in (DECISIONS 1). */
const publicOfReleaseA = [
  "POST /authn/login",
  "POST /authn/login-with-expiry",
  "POST /authn/refresh",
  "POST /authn/logout",
  "POST /bl-users/login",
  "POST /bl-users/login-with-expiry",
  "POST /bl-users/forgotten/password",
  "POST /bl-users/forgotten/username",
  "GET /saml/check",
  "POST /saml/login",
  "POST /saml/callback",
  "POST /saml/callback-with-expiry",
];

const noModule: Expected = {
  kind: "refused",
  status: 404,
  text: "No suitable module found for path and tenant",
};

export class AccessModel {
  readonly routes: readonly RawRoute[];
  readonly #filters: readonly RawRoute[];
  readonly #sets: ReadonlyMap<string, readonly string[]>;
  readonly #handlers = new Map<string, RawRoute | null>();

  constructor(modules: readonly RawDescriptor[]) {
    const sorted = [...modules].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.routes = sorted.flatMap(routesOf);
    this.#filters = sorted.flatMap((module) =>
      (module.filters ?? []).flatMap((entry) =>
        (entry.methods ?? []).map((method) => ({ module, kind: "proxy" as const, method, entry })),
      ),
    );
    const permissions = modules.flatMap(({ permissionSets }) => permissionSets ?? []);
    this.#sets = new Map(permissions.map((each) => [each.permissionName, each.subPermissions ?? []]));
  }

  /** Of the routes that match, the one with the longest literal beginning. */
  handlerOf(question: Question): RawRoute | null {
    const { method, path, moduleId } = question;
    const key = `${method} ${path} ${moduleId}`;
    const known = this.#handlers.get(key);
    if (known !== undefined) return known;
    const found = this.#findHandler(question);
    this.#handlers.set(key, found);
    return found;
  }

  #findHandler({ method, path, moduleId }: Question): RawRoute | null {
    // What is below /_/ is the platform's own, but for modules that are called by their id.
    if (path.startsWith("/_/") && moduleId === null) return null;
    const fitting = this.routes
      .filter(({ kind }) => kind === (moduleId === null ? "proxy" : "multiple"))
      .filter(({ module }) => moduleId === null || module.id === moduleId)
      .filter((route) => takes(route, method, path));
    const longest = Math.max(...fitting.map(({ entry }) => literalLength(entry)));
    return fitting.find(({ entry }) => literalLength(entry) === longest) ?? null;
  }

  /** Everything that the filters of a request and its handler require, and what they desire.
   * @param hasToken only with one a tenant's own paths ask for permissions of their own */
  wantedBy(
    question: Question,
    hasToken = true,
  ): { readonly required: readonly string[]; readonly desired: readonly string[] } {
    const handler = this.handlerOf(question);
    const entries = [...this.#filtersOf(question), ...(handler === null ? [] : [handler])].map(
      ({ entry }) => entry,
    );
    return {
      required: entries.flatMap((entry) => requiredBy(entry, question, hasToken)),
      desired: entries.flatMap((entry) => entry.permissionsDesired ?? []),
    };
  }

  expected(question: Question, asker: Asker): Expected {
    const { method, path, tenantId, moduleId } = question;
    if (path.startsWith("/_/") && moduleId === null) return noModule;
    if (asker.kind === "stranger") {
      const text = `The token is of tenant ${asker.tenantId}, the request of tenant ${tenantId}. Use one of them`;
      return { kind: "refused", status: 400, text };
    }
    const handler = this.handlerOf(question);
    if (handler === null) return noModule;
    const { required, desired } = this.wantedBy(question, asker.kind === "known");
    const holds = asker.kind === "known" ? asker.permissions : new Set<string>();
    const missing = required.find((each) => !holds.has(each));
    if (asker.kind === "nobody") {
      const what = missing === undefined ? `a token of tenant: ${tenantId}` : `permission: ${missing}`;
      const isOpen = missing === undefined && isPublic(handler, method);
      if (!isOpen) return { kind: "refused", status: 400, text: `Token missing, access requires ${what}` };
    } else if (missing !== undefined) {
      const { userId } = asker;
      const text = `Access for user 'name of ${userId}' (${userId}) requires permission: ${missing}`;
      return { kind: "refused", status: 403, text };
    }
    const wanted = [...required, ...desired];
    return {
      kind: "reached",
      moduleId: handler.module.id,
      userId: asker.kind === "known" ? asker.userId : null,
      permissions: [...holds].filter((held) => wanted.some((each) => covers(each, held))).sort(),
      token: tokenFor(handler, asker),
    };
  }

  /** These permissions, and those that they contain. */
  expand(names: readonly string[]): ReadonlySet<string> {
    const found = new Set<string>();
    const add = (name: string) => {
      if (found.has(name)) return;
      found.add(name);
      for (const each of this.#sets.get(name) ?? []) add(each);
    };
    for (const name of names) add(name);
    return found;
  }

  #filtersOf({ method, path }: Question): readonly RawRoute[] {
    return this.#filters.filter((route) => takes(route, method, path) || takes(route, "*", path));
  }
}

function routesOf(module: RawDescriptor): RawRoute[] {
  return (module.provides ?? []).flatMap(({ id, interfaceType, handlers }) => {
    const kind = interfaceType ?? (id.startsWith("_") ? "system" : "proxy");
    if (kind !== "proxy" && kind !== "multiple" && kind !== "system")
      throw new Error(`interface type ${kind}`);
    return (handlers ?? []).flatMap((entry) =>
      (entry.methods ?? []).map((method): RawRoute => ({ module, kind, method, entry })),
    );
  });
}

function takes(route: RawRoute, method: string, path: string): boolean {
  return (route.method === method || route.method === "*") && expressionOf(route.entry).test(path);
}

const expressions = new WeakMap<RawEntry, RegExp>();

function expressionOf(entry: RawEntry): RegExp {
  const known = expressions.get(entry);
  if (known !== undefined) return known;
  const source = (entry.pathPattern ?? "")
    .replaceAll(/[.+?^$()|[\]\\]/g, "\\$&")
    .replaceAll(/\{[^}]*\}/g, "[^/]+")
    .replaceAll("*", ".*");
  const made = new RegExp(`^${source}$`);
  expressions.set(entry, made);
  return made;
}

function literalLength({ pathPattern = "" }: RawEntry): number {
  const wildcard = pathPattern.search(/[*{]/);
  return wildcard === -1 ? pathPattern.length : pathPattern.lastIndexOf("/", wildcard) + 1;
}

function requiredBy(entry: RawEntry, { path, tenantId }: Question, hasToken: boolean): readonly string[] {
  const { permissionsRequired = [], permissionsRequiredTenant, pathPattern = "" } = entry;
  if (permissionsRequiredTenant === undefined || !hasToken) return permissionsRequired;
  const own = pathPattern.replaceAll("{tenantId}", tenantId);
  return expressionOf({ pathPattern: own }).test(path) ? permissionsRequiredTenant : permissionsRequired;
}

function isPublic({ module, entry }: RawRoute, method: string): boolean {
  const line = `${method} ${entry.pathPattern}`;
  return publicOfReleaseA.includes(line) || module.metadata?.octavo?.public?.includes(line) === true;
}

function covers(wanted: string, held: string): boolean {
  if (!wanted.includes("*")) return wanted === held;
  const pieces = wanted.split("*").map((piece) => piece.replaceAll(".", "\\."));
  return new RegExp(`^${pieces.join(".*")}$`).test(held);
}

/** Longer lists go by the name of the set that stands for the entry, because many servers take 8 KiB of headers. */
const longestList = 2048;

function tokenFor({ module, entry }: RawRoute, asker: Asker): ExpectedToken {
  const { modulePermissions, pathPattern, methods = [] } = entry;
  if (modulePermissions === undefined) return { kind: asker.kind === "nobody" ? "anonymous" : "callers-own" };
  if (JSON.stringify(modulePermissions).length <= longestList) {
    return { kind: "module", extraPermissions: modulePermissions };
  }
  const name = `SYS#${module.id}#${pathPattern}#[${methods.join(", ")}]`;
  return { kind: "module", extraPermissions: [name] };
}

/** A path that an entry takes: names become `v1`, `v2`, stars become something. */
export function pathFor({ pathPattern = "" }: RawEntry): string {
  let names = 0;
  return pathPattern
    .replaceAll(/\{[^}]*\}/g, () => `v${(names += 1)}`)
    .replaceAll(/\*$/g, "anything")
    .replaceAll("*", "any/thing");
}
