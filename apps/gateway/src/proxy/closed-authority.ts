import type { TenantAuthority } from "./tenant-authority.ts";

/** Lets nobody in: what a closed gateway has while no authority of its own is set up. */
export const closedAuthority: TenantAuthority = {
  decide: () => ({
    kind: "refused",
    status: 401,
    message: "This gateway has no authority for tokens of tenants; enable a module with an auth filter",
    retryAfterSeconds: null,
  }),
};
