import type { TenantAuthority } from "./tenant-authority.ts";

/** Open mode: everybody may call everything and his own token goes on, as behind an Okapi whose tenant has no auth filter. */
export const openAuthority: TenantAuthority = {
  decide: ({ token }) => ({ kind: "allowed", token: token ?? "", userId: null, permissions: null }),
};
