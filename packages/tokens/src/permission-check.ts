// permission-check.ts runs for every request: a look-up for each required permission, nothing else where all are held.
import type { Claims } from "./claims.ts";
import { matchesGlob } from "./permission-glob.ts";
import type { PermissionRule } from "./permission-rule.ts";

/** Who calls, as far as permissions go. */
export interface PermissionHolder {
  /** Null: no token. An anonymous token of ours counts as none. */
  readonly claims: Claims | null;
  /** Expanded permissions of the user, of whom the token speaks; empty where there is no user. */
  readonly ofUser: ReadonlySet<string>;
  /** Expanded extra permissions of the token (module and dummy tokens) and of a redirect. */
  readonly ofToken: ReadonlySet<string>;
}

export interface PermissionRefusal {
  readonly kind: "no-token" | "no-permission";
  readonly status: 400 | 403;
  /** mod-authtoken's sentence: clients compare its beginning. */
  readonly message: string;
}

/** @returns null where the call may go on */
export function checkPermissions(
  rule: PermissionRule,
  holder: PermissionHolder,
  tenantId: string,
): PermissionRefusal | null {
  const { claims } = holder;
  const isNobody = claims === null || claims.type === "anonymous";
  if (isNobody && rule.required.length === 0) return rule.isPublic ? null : needsToken(tenantId);
  if (mayEverything(claims)) return null;
  for (let at = 0; at < rule.required.length; at++) {
    const permission = rule.required[at];
    if (permission === undefined || holds(holder, permission)) continue;
    return isNobody ? needsTokenFor(permission) : lacks(claims, permission);
  }
  return null;
}

/** The value of X-Okapi-Permissions: what the caller holds among required and desired ones, as a JSON array. One rule and
 * one holder always give the same text, so that it may be kept beside both.
 * @param ofTenant every permission of the tenant, which is what a system token holds */
export function permissionsHeader(
  rule: PermissionRule,
  holder: PermissionHolder,
  ofTenant: ReadonlySet<string>,
): string {
  const isSystem = mayEverything(holder.claims);
  const found: string[] = [];
  for (const permission of rule.wanted) {
    if (isSystem || holds(holder, permission)) found.push(permission);
  }
  if (rule.wantedGlobs.length > 0) {
    const held = isSystem ? ofTenant : new Set([...holder.ofUser, ...holder.ofToken]);
    for (const permission of held) {
      if (!rule.wanted.has(permission) && rule.wantedGlobs.some((glob) => matchesGlob(glob, permission))) {
        found.push(permission);
      }
    }
  }
  return JSON.stringify(found);
}

function mayEverything(claims: Claims | null): boolean {
  return claims !== null && claims.type === "system" && claims.extra_permissions === null;
}

function holds(holder: PermissionHolder, permission: string): boolean {
  return holder.ofUser.has(permission) || holder.ofToken.has(permission);
}

function needsToken(tenantId: string): PermissionRefusal {
  const message = `Token missing, access requires a token of tenant: ${tenantId}`;
  return { kind: "no-token", status: 400, message };
}

function needsTokenFor(permission: string): PermissionRefusal {
  return {
    kind: "no-token",
    status: 400,
    message: `Token missing, access requires permission: ${permission}`,
  };
}

/** A token without a user reads "(null)", as Java prints it. */
function lacks(claims: Claims, permission: string): PermissionRefusal {
  const userId = "user_id" in claims ? claims.user_id : null;
  const message = `Access for user '${claims.sub}' (${userId}) requires permission: ${permission}`;
  return { kind: "no-permission", status: 403, message };
}
