import type { Access, OperatorRole } from "./operation.ts";

export const everybody: Access = { kind: "public" };

export function anyToken(permission: string): Access {
  return { kind: "any-token", permission };
}

/** Operators with one of these roles, and administrators. */
export function operators(permission: string, ...roles: readonly OperatorRole[]): Access {
  return { kind: "guarded", permission, roles, self: null };
}

/** Every operator, whatever the role. */
export function anyOperator(permission: string): Access {
  return operators(permission, "viewer", "deployer", "tenant-admin");
}

/** As `access`, and modules of a tenant that provide one of these interfaces to it. */
export function orProviders(access: Access, ...interfaces: readonly string[]): Access {
  return access.kind === "guarded" ? { ...access, providersOf: interfaces } : access;
}

/** As `access`, and callers of the tenant in the path who hold these permissions (Okapi: permissionsRequiredTenant). */
export function orSelf(access: Access, ...permissions: readonly string[]): Access {
  return access.kind === "guarded" ? { ...access, self: permissions } : access;
}
