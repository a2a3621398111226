import { afterEach, describe, expect, it } from "vitest";
import {
  closeAll,
  failureOf,
  kinds,
  moduleOf,
  ok,
  open,
  plain,
  request,
  start,
  text,
  type Sent,
} from "./testing/opened-upstreams.ts";
import { answer } from "./testing/scripted-module.ts";

afterEach(closeAll);

describe("more requests than slots", () => {
  const few = { inFlightPerInstance: 2, queuePerInstance: 2 };

  it("wait, and those beyond the queue are turned away with 503", async () => {
    const answers: (() => void)[] = [];
    const instance = await start((socket) => answers.push(() => socket.write(answer("ok"))));
    const { upstreams, events } = open(few);
    const module = moduleOf(instance);
    const sent = Array.from({ length: 5 }, () => upstreams.send(module, request("POST"), plain));
    const last = sent.pop();
    expect(last && (await failureOf(last))).toMatchObject({
      status: 503,
      kind: "overloaded",
      isRetrySafe: true,
      retryAfterSeconds: 1,
      attempts: 0,
    });
    expect(kinds(events)).toEqual(["shed"]);
    for (let served = 1; served <= 4; served += 1) {
      await instance.until(() => instance.seen.length >= served);
      expect(upstreams.inFlight).toBeLessThanOrEqual(2);
      answers.shift()?.();
      await text(sent[served - 1] ?? Promise.reject(new Error("none")));
    }
    expect(instance.seen).toHaveLength(4);
  });

  it("wait at most their time", async () => {
    const instance = await start(() => undefined);
    const { upstreams } = open({ ...few, inFlightPerInstance: 1, queueMs: 30 });
    const module = moduleOf(instance);
    const client = new AbortController();
    const first = upstreams.send(module, request("GET", { signal: client.signal }), plain);
    expect(await failureOf(upstreams.send(module, request("GET"), plain))).toMatchObject({
      kind: "overloaded",
    });
    client.abort();
    await failureOf(first);
  });

  it("are served by tenants in turn, and a noisy tenant's last one makes room for a quiet one", async () => {
    const served: (string | undefined)[] = [];
    const answers: (() => void)[] = [];
    const instance = await start((socket, { headers }) => {
      served.push(headers["x-okapi-tenant"]);
      answers.push(() => socket.write(answer("ok")));
    });
    const { upstreams } = open({ inFlightPerInstance: 2, queuePerInstance: 4 });
    const module = moduleOf(instance);
    const send = (tenantId: string): Sent =>
      upstreams.send(module, request("GET", { rawHeaders: ["X-Okapi-Tenant", tenantId] }), {
        ...plain,
        tenantId,
      });
    const noisy = Array.from({ length: 6 }, () => send("noisy"));
    const quiet = send("quiet");
    // The queue was full: the last of the noisy ones had to go.
    expect(await failureOf(noisy.pop() ?? quiet)).toMatchObject({ kind: "overloaded" });
    const all = [...noisy, quiet].map(text);
    for (let round = 1; round <= 6; round += 1) {
      await instance.until(() => instance.seen.length >= round);
      answers.shift()?.();
    }
    await Promise.all(all);
    expect(served).toEqual(["noisy", "noisy", "quiet", "noisy", "noisy", "noisy"]);
  });

  it("are served as soon as another instance comes", async () => {
    const full = await start(() => undefined);
    const fresh = await start(ok);
    const { upstreams } = open({ inFlightPerInstance: 1 });
    const client = new AbortController();
    const first = upstreams.send(moduleOf(full), request("GET", { signal: client.signal }), plain);
    const second = upstreams.send(moduleOf(full), request("GET"), plain);
    upstreams.setInstances("mod-users-19.3.2", moduleOf(full, fresh).instances);
    expect(await text(second)).toBe("ok");
    client.abort();
    await failureOf(first);
  });
});
