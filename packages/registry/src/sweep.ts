import type { PoolClient } from "pg";
import { holdsLease, takeLease } from "./lease.ts";

const leaseSeconds = 60;

export interface Swept {
  readonly idempotencyKeys: number;
  readonly instances: number;
}

/** Forgets idempotency keys after 24 hours, and instances that have been silent as long. One instance does it.
 * @returns null where another holds the lease */
export async function sweep(client: PoolClient, instanceId: string): Promise<Swept | null> {
  const lease = await takeLease(client, "sweeper", instanceId, leaseSeconds);
  if (lease === null || !(await holdsLease(client, lease))) return null;
  const keys = await client.query(
    "delete from octavo.idempotency where at < clock_timestamp() - interval '24 hours'",
  );
  const instances = await client.query(
    "delete from octavo.instance where heartbeat_at < clock_timestamp() - interval '24 hours'",
  );
  return { idempotencyKeys: keys.rowCount ?? 0, instances: instances.rowCount ?? 0 };
}
