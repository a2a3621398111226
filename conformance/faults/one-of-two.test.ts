import { Agent } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { brokenClaims } from "../ha/check-history.ts";
import { HANG_MS, until } from "../ha/platform.ts";
import { Recorder } from "../ha/recorder.ts";
import { send } from "../ha/send.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";
import { type FaultyModule, startFaultyModule } from "./faulty-module.ts";

/** One of two instances of a module goes, in the middle of load, in three ways. The load is closed: each client sends its next
 * call when the one before has ended, so a client can be caught by the fault once. */

vi.setConfig({ testTimeout: 6 * HANG_MS, hookTimeout: HANG_MS });
const clients = 32;
const tenant = "counted";
/** After the instance is out: each of them must be answered well. */
const callsAfter = process.env["OCTAVO_SOAK"] === undefined ? 1000 : 10_000;

const faults: readonly {
  readonly what: string;
  readonly strike: (module: FaultyModule) => unknown;
  readonly mend: (module: FaultyModule) => unknown;
}[] = [
  { what: "is killed", strike: (module) => module.kill(), mend: (module) => module.restart() },
  { what: "stands still", strike: (module) => module.freeze(), mend: (module) => module.thaw() },
  {
    what: "answers everything 10 s late",
    strike: (module) => module.delayAnswers(10_000),
    mend: (module) => module.delayAnswers(0),
  },
];

let platform: Platform;
let modules: readonly FaultyModule[];
let agent: Agent;

beforeAll(async () => {
  platform = await startPlatform(1, { OCTAVO_MODULE_FIRST_BYTE_MS: "4000", OCTAVO_ACCESS_LOG: "off" });
  agent = new Agent({ keepAlive: true });
});
afterAll(async () => {
  agent.destroy();
  await platform.close();
});
let round = 0;
beforeEach(async () => {
  modules = [await startFaultyModule(), await startFaultyModule()];
  round += 1;
  const descriptor = handling(`mod-counted${round}-1.0.0`, [{ pathPattern: "/counted" }]);
  await platform.tenant(`${tenant}${round}`, [{ descriptor, url: modules.map(({ url }) => url) }]);
});
afterEach(async () => {
  for (const module of modules) await module.close();
});

describe("when one of two instances", () => {
  it.each(faults)(
    "$what, only calls fail that were in flight, no later one does, and no POST comes twice",
    async ({ what, strike, mend }) => {
      const [victim] = modules;
      if (victim === undefined) throw new Error("two instances");
      const url = platform.urls[0] ?? "";
      const recorder = new Recorder();
      const stop = new AbortController();
      let inFlight = 0;
      const client = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          inFlight += 1;
          await callOnce(recorder, url);
          inFlight -= 1;
        }
      };
      const running = Array.from({ length: clients }, client);
      await until("there was load", () => ended(recorder) >= 500);
      const atFault = inFlight;
      const struckAt = recorder.now;
      await strike(victim);
      await until("the instance is out", async () => (await instancesIn(url)) === 1);
      const outAfterMs = Math.round(recorder.now - struckAt);
      const outAt = recorder.now;
      const before = ended(recorder);
      await until(
        "there were calls after it",
        () => ended(recorder) >= before + callsAfter,
        HANG_MS + callsAfter * 10,
      );
      await mend(victim);
      stop.abort();
      await Promise.all(running);

      const failed = recorder.calls.filter(({ outcome }) => outcome !== "ok");
      const late = failed.filter(({ invokedAt }) => invokedAt >= outAt);
      process.stderr.write(
        `F2, ${what}: ${failed.length} of ${recorder.calls.length} calls failed, ${atFault} were in flight; ` +
          `out after ${outAfterMs} ms (goal 2,000)\n`,
      );
      expect(late.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
      expect(failed.length).toBeLessThanOrEqual(atFault);
      const received = new Map<string, number>();
      for (const id of modules.flatMap((module) => module.countedIds()))
        received.set(id, (received.get(id) ?? 0) + 1);
      expect(brokenClaims(recorder.history({ effects: new Map(), chainFault: null, received }))).toEqual([]);
    },
  );
});

let turns = 0;

async function callOnce(recorder: Recorder, url: string): Promise<void> {
  turns += 1;
  const isPost = turns % 2 === 0;
  const canary = `${tenant}${round}`;
  const id = recorder.id(isPost ? "post" : "get");
  const end = recorder.call({ id, instance: url, isPost, canary });
  const sent = await send(agent, url, {
    method: isPost ? "POST" : "GET",
    path: `/counted?id=${id}`,
    headers: { "X-Okapi-Tenant": canary },
  });
  if (sent.kind !== "answered") return end({ because: sent.because });
  end({ outcome: sent.status === 200 ? "ok" : "unknown", because: `${sent.status} ${sent.text}` });
}

function ended(recorder: Recorder): number {
  return recorder.calls.filter(({ endedAt }) => endedAt !== Infinity).length;
}

/** How many of the two take requests, as the gateway sees them. */
async function instancesIn(url: string): Promise<number> {
  const metrics = await send(false, url, { method: "GET", path: "/_/metrics" });
  const text = metrics.kind === "answered" ? metrics.text : "";
  const [, count] =
    new RegExp(`^octavo_upstream_instances\\{module="mod-counted${round}",state="in"\\} (\\d+)$`, "m").exec(
      text,
    ) ?? [];
  return Number(count ?? Number.NaN);
}
