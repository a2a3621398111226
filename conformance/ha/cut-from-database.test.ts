import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "@octavo/testing/fault";
import { afterEach, expect, it, vi } from "vitest";
import { startCanaryModule } from "./canary-module.ts";
import { brokenClaims } from "./check-history.ts";
import { findIn } from "./find.ts";
import { repeatWrites, startLoad } from "./load.ts";
import { HANG_MS, heal, place, type Platform, readinessOf, startPlatform, until } from "./platform.ts";
import { Recorder } from "./recorder.ts";
import { send } from "./send.ts";
import { isRun, isSoak } from "./tier.ts";

/** One gateway of three is cut off from the database, as by a network that drops packets, and healed. */

const cutMs = isSoak ? 120_000 : 10_000;
/** The stated time after healing. A build fails where it has become another kind of thing (DECISIONS 30). */
const GOAL_MS = 2000;
vi.setConfig({ testTimeout: 4 * HANG_MS + cutMs, hookTimeout: HANG_MS });

let platform: Platform | null = null;
afterEach(() => platform?.close());

const cuts: readonly { readonly how: string; readonly fault: Fault; readonly writesPerSecond: number }[] = [
  { how: "drops packets", fault: { kind: "timeout", closesAfterMs: null }, writesPerSecond: 5 },
  // Nothing but its own looks brings it back.
  { how: "refuses connections", fault: { kind: "down" }, writesPerSecond: 0 },
];

it.runIf(isRun).each(cuts)(
  "a gateway whose way to the database $how routes all along, refuses writes, and once healed knows soon what was taken back",
  async ({ fault, writesPerSecond }) => {
    platform = await startPlatform(3);
    const [one, two] = platform.gateways;
    if (one === undefined || two === undefined) throw new Error("three gateways");
    const canary = await startCanaryModule();
    const tenants = ["diku", "north"];
    for (const id of [...tenants, "leaving"]) await platform.manage(one, "POST", "/_/proxy/tenants", { id });
    await place(platform, { id: "mod-canary-1.0.0", path: "/canary", url: canary.url }, [
      ...tenants,
      "leaving",
    ]);
    const recorder = new Recorder();
    const { gateways } = platform;
    const stop = startLoad({
      recorder,
      gateways: () => gateways,
      tenants,
      path: "/canary",
      clients: 6,
      writesPerSecond,
    });
    await until("there was load", () => recorder.calls.length > 100);
    const from = recorder.now;
    one.toDatabase.add(fault);
    await until("it has noticed", async () => (await readinessOf(one)).database === "down");
    await delay(cutMs); // the length of the cut is what this is about
    // Taken back while it is away.
    await platform.manage(two, "POST", "/_/proxy/tenants/leaving/install?invoke=false", [
      { id: "mod-canary-1.0.0", action: "disable" },
    ]);
    const asLeaving = { method: "GET", path: "/canary", headers: { "X-Okapi-Tenant": "leaving" } };
    expect(await send(false, one.url, asLeaving)).toMatchObject({ status: 200 });
    expect(await readinessOf(one)).toMatchObject({ status: 200, database: "down" });
    const write = { method: "POST", path: "/_/env", body: JSON.stringify({ name: "A", value: "b" }) };
    expect(await send(false, one.url, write)).toMatchObject({ status: 503 });
    const healing = heal(one, two, 3);
    const honouredMs = await until("what was taken back is honoured", async () => {
      const sent = await send(false, one.url, asLeaving);
      return sent.kind === "answered" && sent.status === 404;
    });
    await healing;
    recorder.cut({ instance: one.url, from, to: recorder.now });
    await delay(1000); // some load after it
    await stop();
    await repeatWrites(recorder, gateways);
    await canary.close();

    const found = await findIn(platform.databaseUrl, canary.received);
    expect(brokenClaims(recorder.history(found))).toEqual([]);
    const failed = recorder.calls.filter(({ outcome }) => outcome !== "ok");
    expect(failed.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
    const refused = recorder.writes.filter(
      ({ instance, outcome }) => instance === one.url && outcome === "fail",
    );
    expect(refused.length > 0).toBe(writesPerSecond > 0);
    process.stderr.write(
      `cut off for ${cutMs / 1000} s: ${recorder.calls.length} calls and no error, ${refused.length} writes refused there; ` +
        `honoured ${Math.round(honouredMs)} ms after healing (goal ${GOAL_MS})\n`,
    );
    expect(honouredMs).toBeLessThan(5 * GOAL_MS);
  },
);
