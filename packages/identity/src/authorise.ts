import type { Operation } from "@octavo/management-api";
import type { Caller } from "./caller.ts";

/** 401: nobody, or a credential that nobody has. 403: somebody who may not. */
export type Authorisation =
  | { readonly kind: "allowed" }
  | { readonly kind: "refused"; readonly status: 401 | 403; readonly because: string };

const allowed: Authorisation = { kind: "allowed" };

/** Decides one call of the management API from the table of operations, by nothing else (DECISIONS 2).
 * @param params those of the path: a token of a tenant counts on paths of that tenant */
export function authorise(
  operation: Pick<Operation, "access" | "writes">,
  caller: Caller,
  params: Readonly<Record<string, string>> = {},
): Authorisation {
  const { access } = operation;
  if (access.kind === "public") return allowed;
  switch (caller.kind) {
    case "open-mode":
      return allowed;
    case "anonymous":
      return {
        kind: "refused",
        status: 401,
        because: `Token missing, access requires permission: ${access.permission}. Send an operator's token as X-Okapi-Token.`,
      };
    case "invalid-credential":
      return { kind: "refused", status: 401, because: caller.because };
    case "tenant-token":
      return authoriseTenant(access, caller, params["tenantId"] ?? null);
    case "operator":
      break;
  }
  if (access.kind === "any-token" || caller.roles.includes("admin")) return allowed;
  // A viewer looks; that an operation writes outweighs whatever its row of the table says.
  const usable = caller.roles.filter((role) => !(role === "viewer" && operation.writes));
  if (usable.some((role) => access.roles.includes(role))) return allowed;
  return {
    kind: "refused",
    status: 403,
    because:
      `Operator ${caller.operatorId} may not do this: it needs ${oneOf(["admin", ...access.roles])} ` +
      `(permission ${access.permission}). Use the token of such an operator.`,
  };
}

/** Of a tenant's own permissions only those count that his path asks for (Okapi: permissionsRequiredTenant): his
 * administrator cannot give himself the platform. */
function authoriseTenant(
  access: Exclude<Operation["access"], { kind: "public" }>,
  caller: Extract<Caller, { kind: "tenant-token" }>,
  tenantId: string | null,
): Authorisation {
  if (access.kind === "any-token" && !caller.isAnonymous) return allowed;
  const asProvider = access.kind === "guarded" ? (access.providersOf ?? []) : [];
  if (asProvider.some((each) => caller.provides.includes(each))) return allowed;
  const wanted = access.kind === "guarded" ? access.self : null;
  if (wanted === null || tenantId !== caller.tenantId || caller.isAnonymous) {
    return {
      kind: "refused",
      status: 403,
      because: `A token of tenant ${caller.tenantId} may not do this. Send an operator's token as X-Okapi-Token.`,
    };
  }
  const missing = caller.isSystem ? undefined : wanted.find((each) => !caller.permissions.has(each));
  if (missing === undefined) return allowed;
  return { kind: "refused", status: 403, because: `Access requires permission: ${missing}` };
}

function oneOf(roles: readonly string[]): string {
  return roles.length === 1 ? `the role ${roles.join("")}` : `one of the roles ${roles.join(", ")}`;
}
