import { setTimeout as delay } from "node:timers/promises";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CanaryModule, startCanaryModule } from "./canary-module.ts";
import { findIn } from "./find.ts";
import { startLoad } from "./load.ts";
import { type PatroniCluster, startPatroniCluster, whyNoPatroni } from "./patroni-cluster.ts";
import { type Gateway, HANG_MS, place, type Platform, startPlatform, until } from "./platform.ts";
import { Recorder } from "./recorder.ts";
import { send } from "./send.ts";
import { isRun, isSoak } from "./tier.ts";

/** The database moves, under calls and writes: Patroni with the settings of deploy/patroni, in every way that its primary can go. */

const why = isRun ? whyNoPatroni() : "";
if (why !== null && why !== "") process.stderr.write(`SKIPPED: failover of the database: ${why}\n`);

vi.setConfig({ testTimeout: 6 * HANG_MS, hookTimeout: 4 * HANG_MS });
const rounds = isSoak ? 2 : 1;
/** The goal is 3 s; this is what is stuck. */
const MOST_MS = 15_000;
const TENANT = "diku";

describe.runIf(isRun && why === null)("gateways whose database is under Patroni", () => {
  let cluster: PatroniCluster;
  let platform: Platform;
  let canary: CanaryModule;
  beforeAll(async () => {
    cluster = await startPatroniCluster();
    await cluster.whole("sync");
    await until("it takes writes", () => takesWrites(cluster.url));
    canary = await startCanaryModule();
    const database = { url: cluster.url, drop: () => Promise.resolve() };
    platform = await startPlatform(2, () => ({}), database);
    const [first] = platform.gateways;
    if (first === undefined) throw new Error("two gateways");
    await platform.manage(first, "POST", "/_/proxy/tenants", { id: TENANT });
    await place(platform, { id: "mod-canary-1.0.0", path: "/canary", url: canary.url }, [TENANT]);
  });
  afterAll(async () => {
    await platform?.close();
    await canary?.close();
    await cluster?.close();
  });

  const faults: readonly (readonly [string, (cluster: PatroniCluster) => Promise<() => Promise<void>>])[] = [
    ["a planned switchover", async (of) => (await of.switchover(), nothing)],
    ["a postmaster that is killed", async (of) => ((await of.primary()).killPostmaster(), nothing)],
    [
      "a node that is killed",
      async (of) => {
        const node = await of.primary();
        await node.kill();
        return () => node.renew();
      },
    ],
    [
      "a node that stands still",
      async (of) => {
        const node = await of.primary();
        await node.freeze();
        return async () => {
          await node.thaw();
          await delay(2000); // what it still has to say must change nothing: this is what it is about
          await node.renew();
        };
      },
    ],
    [
      "a store that is away",
      async (of) => {
        await of.stopStore();
        await delay(25_000); // longer than a leader's key lives: this is what it is about
        return () => of.startStore();
      },
    ],
  ];

  it.each(faults)(
    "%s: no call fails, no acknowledged write is lost, and writes go on soon after the primary",
    async (what, fault) => {
      for (let round = 0; round < rounds; round += 1) {
        const recorder = new Recorder();
        const stop = startLoad({
          recorder,
          gateways: () => platform.gateways,
          tenants: [TENANT],
          path: "/canary",
          clients: 4,
          writesPerSecond: 5,
        });
        await until("there was load", () => recorder.calls.length > 200);
        const mend = await fault(cluster);
        await until(
          "the old primary is gone",
          async () =>
            what.includes("store") || !(await takesWrites(cluster.url)) || what.includes("switchover"),
        );
        await until("there is a primary", () => takesWrites(cluster.url));
        const after = await Promise.all(platform.gateways.map(writable));
        await mend();
        await cluster.whole("sync");
        await stop();
        const failed = recorder.calls.filter(({ outcome }) => outcome !== "ok");
        expect(failed.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
        const { effects, chainFault } = await findIn(cluster.url, new Map());
        const acknowledged = recorder.writes.filter(({ outcome }) => outcome === "ok");
        expect(acknowledged.filter(({ id }) => effects.get(id)?.length !== 1)).toEqual([]);
        expect(chainFault).toBe(null);
        expect(Math.max(...after)).toBeLessThan(MOST_MS);
        process.stderr.write(
          `${what}: ${recorder.calls.length} calls, ${acknowledged.length} writes acknowledged; ` +
            `writable ${Math.round(Math.max(...after))} ms after the primary (goal 3,000)\n`,
        );
      }
    },
  );

  it("changes that an asynchronous standby has not got are told when it takes over, each time", async () => {
    for (let round = 0; round < rounds; round += 1) {
      await cluster.configure({ synchronous_mode: false });
      await cluster.whole("async");
      const old = await cluster.primary();
      await old.stopSending();
      const [one, other] = platform.gateways;
      if (one === undefined || other === undefined) throw new Error("two gateways");
      const name = `LOST_${round}`;
      await platform.manage(one, "POST", "/_/env", { name, value: "" });
      await until("the other has it", async () =>
        (await platform.manage(other, "GET", "/_/env")).includes(name),
      );
      await old.kill();
      await until("the standby has taken over", () => takesWrites(cluster.url));
      await until("the loss is told", async () => {
        const listed = await send(false, one.url, { method: "GET", path: "/_/octavo/rewinds" });
        return listed.kind === "answered" && listed.text.includes(name);
      });
      for (const gateway of platform.gateways) {
        await until("it serves what the database holds", async () => !(await env(gateway)).includes(name));
      }
      await old.renew();
      await cluster.configure({ synchronous_mode: true });
      await cluster.whole("sync");
    }
    expect(await query(cluster.url, "select count(*)::int as count from octavo.rewind")).toEqual([
      { count: rounds },
    ]);
  });
});

function nothing(): Promise<void> {
  return Promise.resolve();
}

async function env(gateway: Gateway): Promise<string> {
  const sent = await send(false, gateway.url, { method: "GET", path: "/_/env" });
  return sent.kind === "answered" ? sent.text : "";
}

/** Whether what is reached there is a primary. */
async function takesWrites(url: string): Promise<boolean> {
  try {
    const answered = query(url, "select pg_is_in_recovery() as standby");
    const late = delay(1000, [] as const, { ref: false });
    const [row] = await Promise.race([answered, late]);
    void answered.catch(() => undefined);
    return row?.["standby"] === false;
  } catch {
    return false;
  }
}

/** How long a gateway takes no writes from now on, in milliseconds. */
function writable({ url }: Gateway): Promise<number> {
  const probe = { method: "POST", path: "/_/env", body: JSON.stringify({ name: "PROBE", value: "" }) };
  return until(`${url} takes writes`, async () => {
    const sent = await send(false, url, probe);
    return sent.kind === "answered" && sent.status === 201;
  });
}
