import { header, readText, startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { afterEach, expect, it, vi } from "vitest";
import { startCanaryModule } from "./canary-module.ts";
import { brokenClaims } from "./check-history.ts";
import { findIn } from "./find.ts";
import { repeatWrites, startLoad } from "./load.ts";
import { type Gateway, HANG_MS, place, type Platform, startPlatform, until } from "./platform.ts";
import { Recorder } from "./recorder.ts";
import { isRun, isSoak } from "./tier.ts";

/** kill -9 of one gateway of three, under load, while it fires timers and drives an install. */

const rounds = isSoak ? 8 : 1;
vi.setConfig({ testTimeout: HANG_MS * (3 + 2 * rounds), hookTimeout: HANG_MS });

const tenants = ["diku", "north", "south"];
const CLIENTS = 6;
/** Of each tenant, one a second. */
const TIMERS = 5;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

it.runIf(isRun)(
  "a gateway that is killed fails what it was answering and nothing else; its timers and its job go on elsewhere, nothing twice",
  async () => {
    const platform = await startPlatform(3);
    ends.push(() => platform.close());
    const canary = await startCanaryModule();
    ends.push(() => canary.close());
    const worker = await startWorkingModule();
    ends.push(() => worker.close());
    const [first] = platform.gateways;
    if (first === undefined) throw new Error("three gateways");
    for (const id of tenants) await platform.manage(first, "POST", "/_/proxy/tenants", { id });
    await place(platform, { id: "mod-canary-1.0.0", path: "/canary", url: canary.url }, tenants);
    await placeTimers(platform, first, worker.url);

    for (let round = 0; round < rounds; round += 1) {
      const recorder = new Recorder();
      const victim = platform.gateways[round % 3];
      if (victim === undefined) throw new Error("three gateways");
      const alive = platform.gateways.filter((gateway) => gateway !== victim);
      let isKilled = false;
      const stop = startLoad({
        recorder,
        gateways: () => (isKilled ? alive : platform.gateways),
        tenants,
        path: "/canary",
        clients: CLIENTS,
        writesPerSecond: 10,
      });
      await until("there was load", () => recorder.calls.length > 200);
      const job = await install(platform, victim, `round${round}`, worker.url);
      await until("the job has begun", () => worker.inits.size > round * worker.modules.length);
      const killedAt = recorder.now;
      await victim.process.kill9();
      isKilled = true;
      const [firedMs, tookMs] = await Promise.all([
        timersGoOn(worker),
        settled(platform, alive, job, `round${round}`),
      ]);
      await stop();
      await repeatWrites(recorder, alive);

      const found = await findIn(platform.databaseUrl, canary.received);
      expect(brokenClaims(recorder.history(found))).toEqual([]);
      const failed = recorder.calls.filter(({ outcome }) => outcome !== "ok");
      const elsewhere = failed.filter(({ instance }) => instance !== victim.url);
      expect(elsewhere.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
      // What was begun afterwards found nobody there: a balancer sends that to another gateway.
      const lost = failed.filter(({ outcome }) => outcome === "unknown");
      expect(lost.length).toBeLessThanOrEqual(CLIENTS);
      expect(lost.filter(({ invokedAt }) => invokedAt > killedAt + 1000)).toEqual([]);
      expect([...worker.fires.values()].filter((times) => times > 1)).toEqual([]);
      expect([...worker.inits].filter(([, times]) => times > 1)).toEqual([]);
      process.stderr.write(
        `killed under load: ${lost.length} of ${recorder.calls.length} calls lost, timers again after ${Math.round(firedMs)} ms, ` +
          `the job settled after ${Math.round(tookMs)} ms (goal 12,000)\n`,
      );
      await platform.restart(victim);
    }
  },
);

interface WorkingModule {
  readonly url: string;
  readonly modules: readonly string[];
  /** How often each fire came, by its key; when the last one came. */
  readonly fires: ReadonlyMap<string, number>;
  /** How often each module was called for each tenant. */
  readonly inits: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Has timers, and modules whose `_tenant` call takes a while. */
async function startWorkingModule(): Promise<WorkingModule> {
  const [fires, inits] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const module = await startHttpModule(async (request, response) => {
    const fire = header(request, "x-octavo-fire");
    const body = await readText(request);
    if (fire !== null) count(fires, fire);
    if (request.url === "/_/tenant") {
      count(inits, `${header(request, "x-okapi-tenant")} ${body}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
    response.writeHead(204).end();
  });
  const modules = ["a", "b", "c", "d", "e", "f"].map((letter) => `mod-${letter}-1.0.0`);
  return { ...module, modules, fires, inits };
}

async function placeTimers(platform: Platform, at: Gateway, url: string): Promise<void> {
  const id = "mod-timers-1.0.0";
  const timers = Array.from({ length: TIMERS }, (_none, number) => ({
    methods: ["POST"],
    pathPattern: `/timer/${number}`,
    unit: "second",
    delay: "1",
  }));
  const provides = [{ id: "_timer", version: "1.0", interfaceType: "system", handlers: timers }];
  await platform.manage(at, "POST", "/_/proxy/modules", { id, provides });
  await platform.manage(at, "POST", "/_/discovery/modules", { srvcId: id, instId: `${id}-1`, url });
  for (const tenant of tenants) {
    const steps = [{ id, action: "enable" }];
    await platform.manage(at, "POST", `/_/proxy/tenants/${tenant}/install?invoke=false`, steps);
  }
}

/** Every timer of every tenant has fired once more. */
function timersGoOn({ fires }: WorkingModule): Promise<number> {
  const before = fires.size;
  const timerOf = (key: string) => key.replace(/\/\d+$/, "");
  const all = tenants.length * TIMERS;
  return until(
    "all timers fire again",
    () => new Set([...fires.keys()].slice(before).map(timerOf)).size >= all,
  );
}

/** Begins an install of six modules. @returns the job's id */
async function install(platform: Platform, at: Gateway, tenant: string, url: string): Promise<string> {
  const ids = ["a", "b", "c", "d", "e", "f"].map((letter) => `mod-${letter}-1.0.0`);
  await platform.manage(at, "POST", "/_/proxy/tenants", { id: tenant });
  const known = await platform.manage(at, "GET", "/_/proxy/modules");
  for (const id of known.includes("mod-a-1.0.0") ? [] : ids) {
    const handlers = [{ methods: ["POST"], pathPattern: "/_/tenant" }];
    const provides = [{ id: "_tenant", version: "1.2", interfaceType: "system", handlers }];
    await platform.manage(at, "POST", "/_/proxy/modules", { id, provides });
    await platform.manage(at, "POST", "/_/discovery/modules", { srvcId: id, instId: `${id}-1`, url });
  }
  const steps = ids.map((id) => ({ id, action: "enable" }));
  await platform.manage(at, "POST", `/_/proxy/tenants/${tenant}/install?async=true`, steps);
  const jobs = await platform.manage(at, "GET", `/_/proxy/tenants/${tenant}/install`);
  return (JSON.parse(jobs) as [{ readonly id: string }])[0].id; // its one job
}

/** Waits until somebody else has ended the job; a call whose outcome nobody knows it leaves to a human, who says that it was
 * carried out. */
async function settled(
  platform: Platform,
  alive: readonly Gateway[],
  job: string,
  tenant: string,
): Promise<number> {
  const [at] = alive;
  if (at === undefined) throw new Error("nobody is left");
  const took = await until("the job is settled", async () => {
    const shown = await platform.manage(at, "GET", `/_/octavo/jobs/${job}`);
    const { state } = JSON.parse(shown) as { readonly state: string }; // a job of the API
    if (state === "waiting-for-human") await platform.manage(at, "POST", `/_/octavo/jobs/${job}/resume`);
    return state === "done";
  });
  const enabled = await platform.manage(at, "GET", `/_/proxy/tenants/${tenant}/modules`);
  expect(JSON.parse(enabled)).toHaveLength(6);
  return took;
}
