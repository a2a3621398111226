import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { outcomes } from "./fact.ts";
import { timerFacts, timerModules } from "./facts/timers.ts";
import { ask } from "../gateway/http.ts";
import { enable, entry, module, timer } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

const ticking: Descriptor = module("ticking-1.0.0", {
  provides: [
    timer(
      entry("POST /tick/post", { unit: "millisecond", delay: "20" }),
      entry("GET DELETE /tick/get", { unit: "millisecond", delay: "20" }),
      entry("POST /tick/failing", { unit: "millisecond", delay: "20" }),
    ),
  ],
});

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform([...timerModules, ticking]);
});
afterAll(() => platform.close());

describe("timers", () => {
  it.each(timerFacts)("$claim ($source)", async (fact) => {
    const { seen, wanted } = await outcomes(platform, fact);
    expect(seen).toEqual(wanted);
  });
});

// ProxyTest.testTimer and TimerManager.fireTimer
describe("a timer that is due", () => {
  let tenant: string;
  const ticks = (path: string, since = 0) =>
    platform.standIns.calls.slice(since).filter((call) => call.tenant === tenant && call.path === path);
  const nextTick = (path: string) => {
    const since = platform.standIns.calls.length;
    return platform.standIns.arrival(
      (call) =>
        call.tenant === tenant && call.path === path && platform.standIns.calls.indexOf(call) >= since,
    );
  };

  beforeAll(async () => {
    tenant = await platform.tenant();
    await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("ticking-1.0.0")), 200);
  });

  it("calls its module with the entry's first method, an empty body and the tenant's name", async () => {
    const [post, get] = await Promise.all([nextTick("/tick/post"), nextTick("/tick/get")]);
    expect([post.method, post.body]).toEqual(["POST", ""]);
    expect([get.method, get.body]).toEqual(["GET", ""]);
  });

  it("calls again after each answer, one at a time", async () => {
    await nextTick("/tick/post");
    await nextTick("/tick/post");
    const calls = ticks("/tick/post");
    calls.slice(1).forEach((call, at) => {
      expect(call.began).toBeGreaterThan(calls[at]?.ended ?? Number.POSITIVE_INFINITY);
    });
  });

  it("goes on although the module refuses, and so do the others", async () => {
    platform.standIns.script(
      { tenant, kind: "timer", moduleId: "ticking-1.0.0" },
      { as: "answer", status: 500 },
    );
    await nextTick("/tick/failing");
    const more = await Promise.all([nextTick("/tick/failing"), nextTick("/tick/post")]);
    expect(more.map(({ path }) => path)).toEqual(["/tick/failing", "/tick/post"]);
  });

  it("stops at a delay of 0, and begins again with another", async () => {
    const path = `/_/proxy/tenants/${tenant}/timers/ticking_0`;
    const patch = (delay: string) =>
      ask(platform.api.baseUrl, {
        method: "PATCH",
        path,
        body: JSON.stringify({ unit: "millisecond", delay }),
      });
    expect((await patch("0")).status).toBe(204);
    await nextTick("/tick/get"); // one that was under way may still come
    await nextTick("/tick/get");
    const since = platform.standIns.calls.length;
    for (let more = 0; more < 5; more += 1) await nextTick("/tick/get");
    expect(ticks("/tick/post", since)).toEqual([]);
    expect((await patch("20")).status).toBe(204);
    await nextTick("/tick/post");
  });

  it("is silent when its module is gone", async () => {
    await platform.api.delete(`/_/proxy/tenants/${tenant}/modules`);
    const since = platform.standIns.calls.length;
    const other = await platform.tenant();
    await platform.api.post(`/_/proxy/tenants/${other}/install`, enable("ticking-1.0.0"));
    for (let more = 0; more < 5; more += 1) {
      const from = platform.standIns.calls.length;
      await platform.standIns.arrival(
        (call) =>
          call.tenant === other && call.kind === "timer" && platform.standIns.calls.indexOf(call) >= from,
      );
    }
    const late = platform.standIns.calls
      .slice(since)
      .filter((call) => call.tenant === tenant && call.kind === "timer");
    expect(late.length).toBeLessThanOrEqual(3); // each of the three may have been under way
  });
});
