import type { Pool, PoolClient } from "pg";
import type { AppliedState, InstanceIdentity } from "./open-options.ts";
import type { Protocol } from "./protocol.ts";
import type { InstanceVitals, LiveInstance } from "./registry.ts";
import { appliedChannel } from "./wake-ups.ts";

export const liveForSeconds = 3;

/** Says that this instance lives and what it has applied, and who else does, all by the database's clock. */
export async function beat(
  pool: Pool,
  instance: InstanceIdentity,
  applied: AppliedState,
  protocol: Pick<Protocol, "min" | "max">,
  vitals: InstanceVitals | null,
): Promise<readonly LiveInstance[]> {
  await pool.query(
    `insert into octavo.instance
       (id, url, name, version, protocol_min, protocol_max, history, applied_revision, vitals)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (id) do update set heartbeat_at = clock_timestamp(), history = excluded.history,
       applied_revision = excluded.applied_revision, vitals = excluded.vitals`,
    [
      instance.id,
      instance.url,
      instance.name,
      instance.version,
      protocol.min,
      protocol.max,
      applied.history,
      applied.revision,
      vitals === null ? null : JSON.stringify(vitals),
    ],
  );
  return readLiveInstances(pool);
}

export async function readLiveInstances(pool: Pool | PoolClient): Promise<readonly LiveInstance[]> {
  const { rows } = await pool.query<{
    id: string;
    name: string | null;
    url: string;
    version: string;
    started_at: Date;
    history: string | null;
    applied_revision: string;
    protocol_min: number;
    protocol_max: number;
    heartbeat_age: number;
    vitals: InstanceVitals | null;
  }>(
    `select id, name, url, version, started_at, history, applied_revision, protocol_min, protocol_max,
       extract(epoch from clock_timestamp() - heartbeat_at)::float8 as heartbeat_age, vitals
     from octavo.instance
     where heartbeat_at > clock_timestamp() - make_interval(secs => $1) order by started_at, id`,
    [liveForSeconds],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    url: row.url,
    version: row.version,
    startedAt: row.started_at.toISOString(),
    history: row.history,
    appliedRevision: Number(row.applied_revision),
    protocol: { min: row.protocol_min, max: row.protocol_max },
    heartbeatAgeSeconds: row.heartbeat_age,
    vitals: row.vitals,
  }));
}

/** Says at once what this instance has applied, for those who wait for it. */
export async function acknowledge(pool: Pool, instanceId: string, applied: AppliedState): Promise<void> {
  await pool.query(
    `with told as (
       update octavo.instance set history = $2, applied_revision = $3 where id = $1
         and (history is distinct from $2 or applied_revision <> $3) returning id)
     select pg_notify('${appliedChannel}', '') from told`,
    [instanceId, applied.history, applied.revision],
  );
}

/** @returns whether it is there and live */
export async function rename(pool: Pool, instanceId: string, name: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update octavo.instance set name = $2
     where id::text = $1 and heartbeat_at > clock_timestamp() - make_interval(secs => $3)`,
    [instanceId, name, liveForSeconds],
  );
  return rowCount === 1;
}

/** A clean end is seen at once, not after three seconds. */
export async function leave(pool: Pool, instanceId: string): Promise<void> {
  await pool.query("delete from octavo.instance where id = $1", [instanceId]);
}
