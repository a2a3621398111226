import { defaultIdentityPolicy, type IdentityPolicy } from "@octavo/identity";
import type { GatewayConfig } from "../config.ts";

/** The same in every process of a gateway. */
export function identityPolicyOf({ authMaxAgeMs }: Pick<GatewayConfig, "authMaxAgeMs">): IdentityPolicy {
  return { ...defaultIdentityPolicy, mostSilenceMs: authMaxAgeMs };
}
