import { cql, equal, invalid, type Refusal, type Transaction } from "@octavo/module-kit";
import { badField, type UserInput } from "../users/user-mistakes.ts";
import type { User } from "../users/user-records.ts";
import { userTenants } from "./user-tenants.ts";

const TYPES: readonly string[] = ["patron", "staff", "shadow", "system", "dcb"];

interface Consortium {
  readonly tenantId: string;
  readonly centralTenantId: string;
}

/** What a consortium asks of its users besides, as mod-users' UserTenantService. Names of all its tenants are known in the central one only.
 * @param stored null for a user who is new */
export async function consortiumMistake(
  tx: Transaction,
  user: UserInput,
  stored: User | null,
  { tenantId, centralTenantId }: Consortium,
): Promise<Refusal | null> {
  const { id = "", type = "", username = "" } = user;
  const refuse = stored === null ? invalid : badField;
  if (!TYPES.includes(type)) {
    const message = `An invalid user type has been populated to a user, allowed values: [${TYPES.join(", ")}]`;
    return refuse("type", type, message);
  }
  if (type === "staff" && username === "") {
    const message = `The user with the ID ${id} must have a username since consortium mode is enabled`;
    return badField("username", username, message);
  }
  const isNamedAnew = stored === null ? type !== "system" : username !== stored.username;
  if (!isNamedAnew || username === "" || tenantId !== centralTenantId) return null;
  const query = cql(equal("username", username));
  const { documents } = await userTenants.search(tx, { query, offset: 0, limit: 1, totalRecords: "none" });
  return documents.length === 0
    ? null
    : refuse("username", username, "User with this username already exists");
}
