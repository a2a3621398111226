import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { HANG_MS } from "../ha/platform.ts";
import { send } from "../ha/send.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** A module that has room for four calls, and one tenant of five that asks for ten times his share, whatever the answers.
 * Without fairness is the same load under one tenant's name: then there is nobody to be fair to. */

vi.setConfig({ testTimeout: 3 * HANG_MS, hookTimeout: HANG_MS });
const room = 4;
const serviceMs = 30;
const good = ["north", "east", "south", "west"];
const sharePerSecond = ((room / serviceMs) * 1000) / (good.length + 1);
const seconds = process.env["OCTAVO_SOAK"] === undefined ? 6 : 30;

let platform: Platform;
let module: Awaited<ReturnType<typeof startHttpModule>>;
let agent: Agent;

beforeAll(async () => {
  let running = 0;
  const waiting: (() => void)[] = [];
  module = await startHttpModule(async (_request, response) => {
    if (running === room) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    await delay(serviceMs);
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
    response.end();
  });
  platform = await startPlatform(1, { OCTAVO_MODULE_IN_FLIGHT: String(room), OCTAVO_ACCESS_LOG: "off" });
  agent = new Agent({ keepAlive: true });
  const descriptor = handling("mod-narrow-1.0.0", [{ pathPattern: "/narrow" }]);
  for (const id of ["abuser", ...good]) await platform.tenant(id, [{ descriptor, url: module.url }]);
});
afterAll(async () => {
  agent.destroy();
  await platform.close();
  await module.close();
});

it("one tenant at ten times his share costs the others no call, and at most a quarter of the time that they would wait without fairness", async () => {
  const fair = await load((tenant) => tenant);
  const unfair = await load(() => "abuser");
  process.stderr.write(
    `L3: p99 of the others ${fair.p99} ms of ${fair.calls} calls, without fairness ${unfair.p99} ms and ${unfair.failed.length} refused; ` +
      `the abuser was refused ${fair.abuserRefused} of ${fair.abuserCalls}\n`,
  );
  expect(fair.failed).toEqual([]);
  expect(fair.p99 / unfair.p99).toBeLessThanOrEqual(1 / 4);
  // He did ask for more than there was; what he gets is 503, not silence.
  expect(fair.abuserRefused).toBeGreaterThan(0);
});

/** @param nameOf under which name a tenant's calls are sent */
async function load(nameOf: (tenant: string) => string) {
  const endsAt = performance.now() + seconds * 1000;
  const times: number[] = [];
  const failed: string[] = [];
  const open = new Set<Promise<void>>();
  let [abuserCalls, abuserRefused] = [0, 0];
  const call = async (tenant: string): Promise<number> => {
    const headers = { "X-Okapi-Tenant": nameOf(tenant) };
    const sent = await send(agent, platform.urls[0] ?? "", { method: "GET", path: "/narrow", headers });
    return sent.kind === "answered" ? sent.status : 0;
  };
  const abuse = async (): Promise<void> => {
    abuserCalls += 1;
    const status = await call("abuser");
    if (status === 503) abuserRefused += 1;
    else if (status !== 200) failed.push(`abuser: ${status}`);
  };
  const behave = async (tenant: string): Promise<void> => {
    while (performance.now() < endsAt) {
      const begun = performance.now();
      const status = await call(tenant);
      times.push(performance.now() - begun);
      if (status !== 200) failed.push(`${tenant}: ${status}`);
      await delay(1000 / sharePerSecond); // below the share
    }
  };
  const behaving = good.map(behave);
  // By what is due, not by a timer: on a busy machine that would ask for less.
  const begun = performance.now();
  while (performance.now() < endsAt) {
    const due = ((performance.now() - begun) / 1000) * 10 * sharePerSecond;
    for (let missing = Math.ceil(due - abuserCalls); missing > 0; missing -= 1) {
      const one: Promise<void> = abuse().finally(() => open.delete(one));
      open.add(one);
    }
    await delay(10);
  }
  await Promise.all([...behaving, ...open]);
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0);
  return { p99, failed, calls: times.length, abuserCalls, abuserRefused };
}
