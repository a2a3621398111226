import type { OperatorRole } from "@octavo/management-api";

/** Who is calling the management API, as far as the gateway is sure of it. */
export type Caller =
  | { readonly kind: "anonymous" }
  /** OCTAVO_MANAGEMENT_AUTH=open: everybody may do everything, on loopback only. */
  | { readonly kind: "open-mode" }
  | { readonly kind: "operator"; readonly operatorId: string; readonly roles: readonly OperatorRole[] }
  /** A bad credential is not anonymous: it is refused with this sentence. */
  | { readonly kind: "invalid-credential"; readonly because: string };
