import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import { isPostmasterOf } from "./postmaster-pid.ts";
import type { Binaries } from "./runnable-binaries.ts";

/** PostgreSQL's own signals. Fast: open transactions are rolled back, everything is written, nothing to recover.
 * Immediate: as after a power cut; the next start recovers from the log. */
const steps = [
  { signal: "SIGINT", waitMs: 20_000 }, // fast
  { signal: "SIGQUIT", waitMs: 8_000 }, // immediate: it kills its own stragglers after 5 s
  { signal: "SIGKILL", waitMs: 2_000 },
] as const;

/** Ends the server of this data: fast, and where that does not end in 20 s, immediately. */
export async function stopServer(cluster: Cluster, pid: number, binaries: Binaries): Promise<void> {
  if (process.platform === "win32") {
    // There are no signals; pg_ctl talks to the server in its own way.
    spawnSync(binaries.pgCtl, ["stop", "-D", cluster.data, "-m", "fast", "-w", "-t", "20"]);
    return;
  }
  for (const { signal, waitMs } of steps) {
    if (!isPostmasterOf(cluster.data, pid)) return;
    process.kill(pid, signal);
    if (await isGone(cluster, pid, waitMs)) return;
  }
}

async function isGone(cluster: Cluster, pid: number, waitMs: number): Promise<boolean> {
  const end = performance.now() + waitMs;
  while (performance.now() < end) {
    if (!isPostmasterOf(cluster.data, pid)) return true;
    await delay(20);
  }
  return false;
}
