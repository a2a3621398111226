import type { Pool } from "pg";
import { wasWritten } from "./audit.ts";
import { backoff, pause } from "./pause.ts";
import type { ProcessTime } from "./process-time.ts";
import { readWrite, runTransaction } from "./run-transaction.ts";

/** A caller waits so long for the truth before it hears "unknown"; a repeated call under its key then gets it. */
const patienceMs = 3000;

/** Finds out what became of a write whose commit was cut off. In one measured outage four of four such writes had taken
 * place , so neither "failed" nor a second attempt would be right. */
export async function settleOutcome(
  pool: Pool,
  writeId: string,
  time: ProcessTime,
): Promise<"written" | "not-written" | "unknown"> {
  const givesUpAt = time.now() + patienceMs;
  for (let attempt = 0; time.now() < givesUpAt; attempt += 1) {
    const looked = await runTransaction(pool, readWrite, async (client) => {
      await client.query(`set local statement_timeout = ${patienceMs}`);
      return { commits: false, value: await wasWritten(client, writeId) };
    });
    if (looked.ok) return looked.value ? "written" : "not-written";
    await pause(time, Math.min(backoff(time, attempt), Math.max(0, givesUpAt - time.now())));
  }
  return "unknown";
}
