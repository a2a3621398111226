import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "./faults.ts";
import { startLoad } from "./load.ts";
import type { FaultRecord } from "./record.ts";
import type { TestInstallation } from "./test-installation.ts";

const BEFORE_MS = 1000;
/** A gateway that takes no writes for so long is stuck. */
const MOST_MS = 60_000;

/** Lets one fault happen under load, and looks what became of every call. */
export async function runFault(
  installation: TestInstallation,
  fault: Fault,
  { round, lastsMs }: { readonly round: string; readonly lastsMs: number },
): Promise<FaultRecord> {
  const stop = startLoad(installation, round);
  await delay(BEFORE_MS);
  await fault.happen(installation, lastsMs);
  const writableAfterMs = await untilAllWritable(installation, round);
  await delay(BEFORE_MS);
  const { calls, failures, refused, posts, written, writesRefused } = await stop();
  const there = await entries(installation);
  return {
    fault: fault.name,
    calls,
    failed: failures.length,
    mayFail: fault.mayFail,
    refused,
    twice: posts.filter((id) => (installation.module.posts.get(id) ?? 0) > 1).length,
    writes: {
      acknowledged: written.length,
      refused: writesRefused,
      lost: written.filter((name) => !there.has(name)).length,
    },
    writableAfterMs,
    because: failures.slice(0, 5),
  };
}

async function untilAllWritable({ gateways }: TestInstallation, round: string): Promise<number> {
  const begunAt = performance.now();
  for (const { url, name } of gateways) {
    for (;;) {
      try {
        const body = JSON.stringify({ name: `VERIFY_${round}_AFTER`, value: "" });
        const answer = await fetch(`${url}/_/env`, {
          method: "POST",
          body,
          signal: AbortSignal.timeout(5000),
        });
        await answer.arrayBuffer();
        if (answer.status === 201) break;
      } catch {
        // It is not there yet.
      }
      if (performance.now() - begunAt > MOST_MS) throw new Error(`${name} takes no writes any more`);
      await delay(50);
    }
  }
  return performance.now() - begunAt;
}

async function entries({ gateways }: TestInstallation): Promise<ReadonlySet<string>> {
  const answer = await fetch(`${gateways[0]?.url}/_/env`);
  const listed = (await answer.json()) as readonly { readonly name: string }[]; // entries of the management API
  return new Set(listed.map(({ name }) => name));
}
