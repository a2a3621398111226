import { header, startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { query } from "@octavo/testing/query";
import { afterEach, expect, it, vi } from "vitest";
import { startCanaryModule } from "./canary-module.ts";
import { brokenClaims } from "./check-history.ts";
import { findIn } from "./find.ts";
import { repeatWrites, startLoad } from "./load.ts";
import { type Gateway, HANG_MS, place, type Platform, startPlatform, until } from "./platform.ts";
import { Recorder } from "./recorder.ts";
import { isRun, isSoak } from "./tier.ts";

/** Three gateways, one with a clock that is an hour ahead, one an hour behind. */

const library = process.env["OCTAVO_FAKETIME"] ?? "";
if (isRun && library === "")
  process.stderr.write("SKIPPED: wrong clocks: OCTAVO_FAKETIME names no libfaketime\n");
const HOUR_MS = 3_600_000;
const offsets = ["+0", "+1h", "-1h"];
/** More than the time of a lease. */
const fires = isSoak ? 90 : 12;
vi.setConfig({ testTimeout: 4 * HANG_MS + fires * 2000, hookTimeout: HANG_MS });

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

it.runIf(isRun && library !== "")(
  "no lease changes hands, no timer fires twice or out of turn, and no answer is older than a write before it",
  async () => {
    const platform: Platform = await startPlatform(3, (number) => ({
      LD_PRELOAD: library,
      FAKETIME: offsets[number] ?? "+0",
      // Sleeps and waits go by the real clock.
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    }));
    ends.push(() => platform.close());
    const [one] = platform.gateways;
    if (one === undefined) throw new Error("three gateways");
    const canary = await startCanaryModule();
    ends.push(() => canary.close());
    const fired: string[] = [];
    const timers = await startHttpModule((request, response) => {
      fired.push(header(request, "x-octavo-fire") ?? "");
      response.writeHead(204).end();
    });
    ends.push(() => timers.close());
    const tenants = ["diku", "north", "south"];
    for (const id of tenants) await platform.manage(one, "POST", "/_/proxy/tenants", { id });
    await place(platform, { id: "mod-canary-1.0.0", path: "/canary", url: canary.url }, tenants);
    const id = "mod-timers-1.0.0";
    const timer = { methods: ["POST"], pathPattern: "/timer", unit: "second", delay: "1" };
    const provides = [{ id: "_timer", version: "1.0", interfaceType: "system", handlers: [timer] }];
    await platform.manage(one, "POST", "/_/proxy/modules", { id, provides });
    const instance = { srvcId: id, instId: `${id}-1`, url: timers.url };
    await platform.manage(one, "POST", "/_/discovery/modules", instance);
    for (const tenant of tenants) {
      const steps = [{ id, action: "enable" }];
      await platform.manage(one, "POST", `/_/proxy/tenants/${tenant}/install?invoke=false`, steps);
    }
    // Who has which share of the timers is settled once all three are known to each other.
    await until("timers fire", () => fired.length > 5 * tenants.length);
    const before = await leases(platform);
    expect(before.length).toBeGreaterThan(0);
    const [right = 0, ahead = 0, behind = 0] = platform.gateways.map(clockOf);
    expect([Math.round((ahead - right) / HOUR_MS), Math.round((behind - right) / HOUR_MS)]).toEqual([1, -1]);
    const recorder = new Recorder();
    const stop = startLoad({
      recorder,
      gateways: () => platform.gateways,
      tenants,
      path: "/canary",
      clients: 3,
      writesPerSecond: 5,
    });
    const already = fired.length;
    const tookMs = await until(
      "they fire on",
      () => fired.length >= already + fires * tenants.length,
      HANG_MS + fires * 2000,
    );
    await stop();
    await repeatWrites(recorder, platform.gateways);

    expect(await leases(platform)).toEqual(before);
    expect(fired.length - new Set(fired).size, "fires under a key that another had").toBe(0);
    // A second between two fires: an hour ahead would fire all the time, an hour behind never.
    expect(tookMs).toBeGreaterThan((fires - 2) * 1000);
    const found = await findIn(platform.databaseUrl, canary.received);
    expect(brokenClaims(recorder.history(found))).toEqual([]);
    const bad = [...recorder.calls, ...recorder.writes].filter(({ outcome }) => outcome !== "ok");
    expect(bad.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
  },
);

/** What its clock said when it wrote its first line, in milliseconds. */
function clockOf({ process }: Gateway): number {
  const [, time = ""] = /"time":"([^"]+)"/.exec(process.output.stderr) ?? [];
  return Date.parse(time);
}

/** Who holds what, and how often it has changed hands. */
function leases({ databaseUrl }: Platform): Promise<readonly Record<string, unknown>[]> {
  return query(
    databaseUrl,
    "select name, holder, epoch from octavo.lease where name like 'timer%' order by name",
  );
}
