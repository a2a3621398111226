import type { CheckedHead } from "@octavo/http-wire";
import type { Route } from "@octavo/routing";
import type { Snapshot, Tenant } from "@octavo/registry";

/** Who a tenant's caller is and what he may, decided by the gateway itself. Asked for requests of tenants that have no auth
 * filter of their own; a tenant that enables a module with one (a real mod-authtoken) uses that module instead.
 * @see docs/decisions/0008-tenant-identity.md */
export interface TenantAuthority {
  /** Answers at once where everything is known, which is the usual case: the fast path never awaits then. */
  decide(request: AuthorityRequest): AuthorityDecision | Promise<AuthorityDecision>;
}

export interface AuthorityRequest {
  readonly snapshot: Snapshot;
  readonly tenant: Tenant;
  readonly head: CheckedHead;
  /** The token as found (X-Okapi-Token, Authorization, cookie), null where there is none. */
  readonly token: string | null;
  readonly route: Route;
  /** What the caller holds besides, for this request alone: the modulePermissions of the redirects that led here. Nobody
   * holds nothing: that a route is public is said of the route. */
  readonly extraPermissions: readonly string[];
}

export type AuthorityDecision =
  | {
      readonly kind: "allowed";
      /** What the module gets as X-Okapi-Token: minted for it where its entry has modulePermissions, else the caller's. */
      readonly token: string;
      /** X-Okapi-User-Id; null for anonymous and system callers. */
      readonly userId: string | null;
      /** X-Okapi-Permissions: what he holds of what the entry requires or desires, "[]" where that is nothing; null where
       * nobody looked. */
      readonly permissions: string | null;
    }
  | {
      readonly kind: "refused";
      readonly status: 400 | 401 | 403 | 503;
      readonly message: string;
      readonly retryAfterSeconds: number | null;
    };
