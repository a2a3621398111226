import type { PoolClient } from "pg";
import type { Snapshot, UserEpoch } from "./snapshot.ts";

export async function writeSigningKeys(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  kids: readonly string[],
): Promise<void> {
  for (const kid of kids) {
    const key = after.signingKeys.get(kid);
    if (key === undefined) await client.query("delete from octavo.signing_key where kid = $1", [kid]);
    else if (key !== before.signingKeys.get(kid)) {
      const { x, tenantId, publishedAt, knownToAllAt, signingAt, supersededAt, retiredAt } = key;
      await client.query(
        `insert into octavo.signing_key (kid, x, tenant_id, published_at, known_to_all_at, signing_at, superseded_at,
           retired_at, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (kid) do update set x = $2, tenant_id = $3, published_at = $4, known_to_all_at = $5,
           signing_at = $6, superseded_at = $7, retired_at = $8, revision = $9`,
        [kid, x, tenantId, publishedAt, knownToAllAt, signingAt, supersededAt, retiredAt, after.revision],
      );
    }
  }
}

export async function writeIdentityEpochs(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  tenantIds: readonly string[],
): Promise<void> {
  for (const tenantId of tenantIds) {
    const epochs = after.identityEpochs.get(tenantId);
    const old = before.identityEpochs.get(tenantId);
    if (epochs === undefined || epochs === old) continue;
    await client.query(
      `insert into octavo.auth_epoch (tenant_id, epoch, serial, everybody_since, revision) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id) do update set epoch = $2, serial = $3, everybody_since = $4, revision = $5`,
      [tenantId, epochs.authEpoch, epochs.serial, epochs.everybodySince, after.revision],
    );
    const gone = [...(old?.users.keys() ?? [])].filter((userId) => !epochs.users.has(userId));
    if (gone.length > 0) {
      await client.query("delete from octavo.user_epoch where tenant_id = $1 and user_id = any($2)", [
        tenantId,
        gone,
      ]);
    }
    await writeUserEpochs(
      client,
      tenantId,
      [...epochs.users].filter(([userId, user]) => user !== old?.users.get(userId)),
    );
  }
}

async function writeUserEpochs(
  client: PoolClient,
  tenantId: string,
  users: readonly (readonly [userId: string, user: UserEpoch])[],
): Promise<void> {
  if (users.length === 0) return;
  await client.query(
    `insert into octavo.user_epoch (tenant_id, user_id, epoch, since, at)
     select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::double precision[])
     on conflict (tenant_id, user_id) do update set epoch = excluded.epoch, since = excluded.since, at = excluded.at`,
    [
      tenantId,
      users.map(([userId]) => userId),
      users.map(([, { epoch }]) => epoch),
      users.map(([, { since }]) => since),
      users.map(([, { at }]) => at),
    ],
  );
}
