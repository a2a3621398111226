import { err, ok, type Result } from "@octavo/result";
import type { PoolClient } from "pg";
import { readLiveInstances } from "./heartbeat.ts";
import type { LiveInstance } from "./registry.ts";

/** Raises the active protocol to the newest that this program knows. There is no way back: a program that does not know
 * it is refused from then on. For `registry.transaction`.
 * @param newest of the instance that is asked
 * @returns the protocol of before and the one of now; as the error, who does not know it yet */
export async function finalizeProtocol(
  client: PoolClient,
  newest: number,
): Promise<Result<{ readonly before: number; readonly active: number }, readonly LiveInstance[]>> {
  // The row first: an instance that comes up now waits for it before it begins (`checkProtocol`).
  const { rows } = await client.query<{ value: string }>(
    "select value from octavo.meta where name = 'active_protocol' for update",
  );
  const before = Number(rows[0]?.value);
  const behind = (await readLiveInstances(client)).filter(({ protocol }) => protocol.max < newest);
  if (behind.length > 0) return err(behind);
  if (newest <= before) return ok({ before, active: before });
  await client.query("update octavo.meta set value = $1 where name = 'active_protocol'", [String(newest)]);
  return ok({ before, active: newest });
}
