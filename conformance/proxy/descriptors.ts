/** Module descriptors of the cases: small ones, made for one question each. */

export interface Entry {
  readonly methods?: readonly string[];
  readonly path?: string;
  readonly pathPattern?: string;
  readonly phase?: "auth" | "pre" | "post";
  readonly level?: string;
  readonly type?: string;
  readonly redirectPath?: string;
  readonly rewritePath?: string;
  readonly permissionsRequired?: readonly string[];
  readonly permissionsDesired?: readonly string[];
  readonly modulePermissions?: readonly string[];
  readonly permissionsRequiredTenant?: readonly string[];
  readonly delegateCORS?: boolean;
}

export interface Descriptor {
  readonly id: string;
  readonly provides: readonly unknown[];
  readonly filters: readonly unknown[];
}

const every = { methods: ["GET", "POST", "DELETE"], permissionsRequired: [] };

/** A module that handles: one interface for it, named as the product. */
export function handling(id: string, handlers: readonly Entry[], interfaceType?: string): Descriptor {
  const product = id.replace(/-[0-9].*$/, "");
  const type = interfaceType === undefined ? {} : { interfaceType };
  return {
    id,
    provides: [
      { id: product, version: "1.0", ...type, handlers: handlers.map((entry) => ({ ...every, ...entry })) },
    ],
    filters: [],
  };
}

/** A module that only filters. */
export function filtering(id: string, filters: readonly Entry[]): Descriptor {
  return { id, provides: [], filters: filters.map((entry) => ({ ...every, methods: ["*"], ...entry })) };
}

/** Okapi's auth module of its tests: signs in, and filters everything. */
export function authModule(id: string, type: string, filter: Entry = {}): Descriptor {
  const login = handling(id, [{ methods: ["POST"], path: "/authn/login", level: "20" }]);
  return { ...filtering(id, [{ path: "/", phase: "auth", type, ...filter }]), provides: login.provides };
}
