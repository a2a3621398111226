import type { JobDatabase } from "@octavo/lifecycle";
import type { Registry, WriteError } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";

/** So long an instance is waited for that lags behind what it has just read. */
const LAG_MS = 2000;

/** Reads rows, and answers when this instance's snapshot is as new as they are: who is told that a job is done finds its modules
 * enabled, also where another instance has done it. */
export async function readCaughtUp<T>(
  registry: Registry,
  read: (database: JobDatabase) => Promise<T>,
): Promise<Result<T, WriteError>> {
  const found = await registry.read(async (client) => {
    const { rows } = await client.query<{ counter: string }>("select counter from octavo.revision");
    return { revision: Number(rows[0]?.counter ?? 0), value: await read(client) };
  });
  if (!found.ok) return found;
  await registry.reached(found.value.revision, LAG_MS);
  return ok(found.value.value);
}
