import type { OperatorRole } from "@octavo/management-api";

/** Who is calling the management API, as far as the gateway is sure of it. */
export type Caller =
  | { readonly kind: "anonymous" }
  /** OCTAVO_MANAGEMENT_AUTH=open: everybody may do everything, on loopback only. */
  | { readonly kind: "open-mode" }
  | { readonly kind: "operator"; readonly operatorId: string; readonly roles: readonly OperatorRole[] }
  /** Somebody of a tenant, with a token that the gateway itself has signed. */
  | {
      readonly kind: "tenant-token";
      readonly tenantId: string;
      readonly userId: string | null;
      /** The module that holds the token; null for a user's own. */
      readonly moduleId: string | null;
      /** Ids of the interfaces that this module provides; empty where it is none. */
      readonly provides: readonly string[];
      /** Expanded: the user's and the token's. */
      readonly permissions: ReadonlySet<string>;
      /** The platform itself, within the tenant: it holds all permissions. */
      readonly isSystem: boolean;
      /** A token of nobody, from a call of a public route. */
      readonly isAnonymous: boolean;
    }
  /** A bad credential is not anonymous: it is refused with this sentence. */
  | { readonly kind: "invalid-credential"; readonly because: string };
