import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { startCanaryModule } from "./canary-module.ts";
import { brokenClaims } from "./check-history.ts";
import { findIn } from "./find.ts";
import { bucketsOf, p99Between } from "./histograms.ts";
import { repeatWrites, startLoad } from "./load.ts";
import { HANG_MS, place, type Platform, startPlatform } from "./platform.ts";
import { Recorder } from "./recorder.ts";
import { send } from "./send.ts";
import { isRun, isSoak } from "./tier.ts";

/** Ten management writes a second at three gateways that have calls to answer: how long until everybody knows. Figures are
 * for people; the build fails on errors alone. */

const tenants = Array.from({ length: isSoak ? 200 : 20 }, (_none, number) => `tenant${number}`);
const modules = Array.from({ length: isSoak ? 60 : 5 }, (_none, number) => `mod-canary${number}-1.0.0`);
const loadMs = isSoak ? 60_000 : 10_000;
vi.setConfig({ testTimeout: 6 * HANG_MS + 5 * loadMs, hookTimeout: HANG_MS });

let platform: Platform | null = null;
afterEach(() => platform?.close());

it.runIf(isRun)(
  `${tenants.length} tenants with ${modules.length} modules at three gateways, ten writes a second: no error, nobody sees what was before`,
  async () => {
    platform = await startPlatform(3);
    const { gateways, databaseUrl } = platform;
    const [one] = gateways;
    if (one === undefined) throw new Error("three gateways");
    const canary = await startCanaryModule();
    for (const id of tenants) await platform.manage(one, "POST", "/_/proxy/tenants?wait=none", { id });
    for (const [number, id] of modules.entries()) {
      await place(platform, { id, path: `/canary${number}`, url: canary.url }, []);
    }
    const steps = modules.map((id) => ({ id, action: "enable" }));
    for (const tenant of tenants)
      await platform.manage(one, "POST", `/_/proxy/tenants/${tenant}/install?invoke=false`, steps);
    const shown = ["octavo_registry_propagation_seconds", "octavo_registry_barrier_seconds"] as const;
    const before = await Promise.all(shown.map((name) => bucketsOf(gateways, name)));
    const recorder = new Recorder();
    const stop = startLoad({
      recorder,
      gateways: () => gateways,
      tenants,
      path: "/canary0",
      clients: 8,
      writesPerSecond: 10,
    });
    const propagation: number[] = [];
    const stalls: number[] = [];
    const endsAt = recorder.now + loadMs;
    for (let turn = 0; recorder.now < endsAt; turn += 1) {
      const [from, to] = [gateways[turn % 3] ?? one, gateways[(turn + 1) % 3] ?? one];
      propagation.push(await propagate(from.url, to.url));
      if (turn % 5 === 0) stalls.push(await stallAt(to.url));
      await delay(100); // its own share of the load
    }
    await stop();
    const after = await Promise.all(shown.map((name) => bucketsOf(gateways, name)));
    const [propagated, waited] = before.map((each, at) => p99Between(each, after[at] ?? new Map()));
    await repeatWrites(recorder, gateways);
    await canary.close();

    const found = await findIn(databaseUrl, canary.received);
    expect(brokenClaims(recorder.history(found))).toEqual([]);
    const bad = [...recorder.calls, ...recorder.writes].filter(({ outcome }) => outcome !== "ok");
    expect(bad.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
    const whole = recorder.writes.map(({ invokedAt, endedAt }) => endedAt - invokedAt);
    process.stderr.write(
      `L2: ${tenants.length} tenants with ${modules.length} modules, ${recorder.calls.length} calls, ${recorder.writes.length} writes, ${bad.length} errors: ` +
        `p99 of propagation under ${propagated} ms (goal 100; as a client sees it ${p99(propagation)}), of the barrier under ${waited} ms (goal 25), ` +
        `of a write as a whole ${p99(whole)} ms; worst stall ${p99(stalls)} ms (goal 50)\n`,
    );
  },
);

/** A write that waits for nobody, then a read at another gateway that waits for that revision.
 * @returns the milliseconds between the two answers */
async function propagate(from: string, to: string): Promise<number> {
  const body = JSON.stringify({ name: "PROPAGATED", value: String(performance.now()) });
  const written = await send(false, from, { method: "POST", path: "/_/env?wait=none", body });
  const answeredAt = performance.now();
  const revision = written.kind === "answered" ? String(written.headers["x-octavo-revision"]) : "";
  const headers = { "X-Octavo-Revision": revision };
  const seen = await send(false, to, { method: "GET", path: "/_/env/PROPAGATED", headers });
  expect(seen).toMatchObject({ status: 200 });
  return performance.now() - answeredAt;
}

/** How late the event loop was at worst in the last second, in milliseconds. */
async function stallAt(url: string): Promise<number> {
  const metrics = await send(false, url, { method: "GET", path: "/_/metrics" });
  const [, seconds] =
    metrics.kind === "answered"
      ? (/^nodejs_eventloop_lag_seconds(?:\{.*\})? (\S+)$/m.exec(metrics.text) ?? [])
      : [];
  expect(seconds, "the metric of the event loop").toBeDefined();
  return Number(seconds) * 1000;
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0);
}
