import type { ClientBase } from "pg";
import { orderedByKey } from "./draft-map.ts";
import type { IdentityEpochs, SigningKeyRow, UserEpoch } from "./snapshot.ts";

export async function readSigningKeys(client: ClientBase): Promise<readonly SigningKeyRow[]> {
  const { rows } = await client.query<SigningKeyRow>(
    `select kid, x, tenant_id as "tenantId", published_at as "publishedAt", known_to_all_at as "knownToAllAt",
       signing_at as "signingAt", superseded_at as "supersededAt", retired_at as "retiredAt"
     from octavo.signing_key`,
  );
  return rows;
}

export async function readIdentityEpochs(client: ClientBase): Promise<ReadonlyMap<string, IdentityEpochs>> {
  const users = await client.query<{
    tenant_id: string;
    user_id: string;
    epoch: string;
    since: string;
    at: number;
  }>("select tenant_id, user_id, epoch, since, at from octavo.user_epoch");
  const usersOf = new Map<string, Map<string, UserEpoch>>();
  for (const { tenant_id, user_id, epoch, since, at } of users.rows) {
    const ofTenant = usersOf.get(tenant_id) ?? new Map<string, UserEpoch>();
    usersOf.set(tenant_id, ofTenant.set(user_id, { epoch: Number(epoch), since: Number(since), at }));
  }
  const tenants = await client.query<{
    tenant_id: string;
    epoch: string;
    serial: string;
    everybody_since: string;
  }>("select tenant_id, epoch, serial, everybody_since from octavo.auth_epoch");
  return new Map(
    tenants.rows.map(({ tenant_id, epoch, serial, everybody_since }) => [
      tenant_id,
      {
        authEpoch: Number(epoch),
        serial: Number(serial),
        everybodySince: Number(everybody_since),
        users: orderedByKey(usersOf.get(tenant_id) ?? new Map<string, UserEpoch>()),
      },
    ]),
  );
}
