import { headerOf, permissionsOf, type Trust } from "./caller.ts";
import { badRequest } from "./refusal.ts";

/** Believes every header, as modules behind a real Okapi do: whoever reaches this listener is anybody he says he is. */
export const trustNetwork: Trust = {
  sentence:
    "headers are believed as they come (OCTAVO_TRUST=network): only the gateway may reach this listener",
  problem: () => null,
  callerOf: async (headers) => {
    const tenantId = headerOf(headers, "x-okapi-tenant");
    if (tenantId === null) return badRequest("X-Okapi-Tenant is missing", "tenant-missing");
    if (!/^[a-z][a-z0-9_]{0,30}$/u.test(tenantId)) {
      return badRequest("X-Okapi-Tenant is no name of a tenant", "tenant-malformed");
    }
    return {
      tenantId,
      userId: headerOf(headers, "x-okapi-user-id"),
      token: headerOf(headers, "x-okapi-token"),
      permissions: permissionsOf(headers),
    };
  },
};
