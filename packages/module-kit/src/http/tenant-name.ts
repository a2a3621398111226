import { schemaName } from "@octavo/database";
import { badRequest, type Refusal } from "./refusal.ts";

/** A tenant whose name no schema of this module can have: nobody was ever enabled under it, whoever signed it.
 * @returns null where it is one */
export function refusedTenant(tenantId: string, moduleName: string): Refusal | null {
  try {
    schemaName(tenantId, moduleName);
    return null;
  } catch {
    return badRequest("The tenant of the request has no name of a tenant", "tenant-malformed");
  }
}
