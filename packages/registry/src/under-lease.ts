import type { PoolClient } from "pg";
import { holdsLease, type Lease, takeLease } from "./lease.ts";

const leaseSeconds = 60;

/** Work that one instance at a time does, from time to time, in one transaction (a sweep): under a lease whose epoch is
 * asked for in the same transaction. For `registry.transaction`.
 * @returns null where another instance has the lease */
export async function underLease<T>(
  client: PoolClient,
  name: string,
  instanceId: string,
  work: (client: PoolClient, lease: Lease) => Promise<T>,
): Promise<T | null> {
  const lease = await takeLease(client, name, instanceId, leaseSeconds);
  return lease !== null && (await holdsLease(client, lease)) ? work(client, lease) : null;
}
