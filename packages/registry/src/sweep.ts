import type { PoolClient } from "pg";
import { underLease } from "./under-lease.ts";

export interface Swept {
  readonly idempotencyKeys: number;
  readonly instances: number;
}

/** Forgets idempotency keys after 24 hours, and instances that have been silent as long. One instance does it.
 * @returns null where another holds the lease */
export function sweep(client: PoolClient, instanceId: string): Promise<Swept | null> {
  return underLease(client, "sweeper", instanceId, sweepAll);
}

async function sweepAll(client: PoolClient): Promise<Swept> {
  const keys = await client.query(
    "delete from octavo.idempotency where at < clock_timestamp() - interval '24 hours'",
  );
  const instances = await client.query(
    "delete from octavo.instance where heartbeat_at < clock_timestamp() - interval '24 hours'",
  );
  return { idempotencyKeys: keys.rowCount ?? 0, instances: instances.rowCount ?? 0 };
}
