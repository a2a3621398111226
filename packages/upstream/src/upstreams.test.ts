import {
  AnswerFailure,
  BodyFailure,
  type BodySource,
  connectOnWire,
  type UpstreamRequest,
} from "@octavo/http-wire";
import { afterEach, describe, expect, it } from "vitest";
import type { GatewayFailure } from "./gateway-failure.ts";
import { defaultUpstreamLimits, type UpstreamLimits } from "./limits.ts";
import type { UpstreamEvent, UpstreamModuleInstance } from "./module-pool.ts";
import type { RoutePolicy, UpstreamAnswer } from "./run-call.ts";
import { answer, type Script, ScriptedModule } from "./testing/scripted-module.ts";
import { seededRandom } from "./testing/seeded-random.ts";
import { createUpstreams, type Upstreams } from "./upstreams.ts";

const NOW = 1_700_000_000_000;
/** No test waits for these; where a timeout must come, it is given. */
const patient: UpstreamLimits = {
  ...defaultUpstreamLimits,
  connectMs: 20_000,
  firstByteMs: 20_000,
  bodyIdleMs: 20_000,
  queueMs: 20_000,
};
const plain: RoutePolicy = {
  tenantId: "diku",
  firstByteMs: null,
  bodyIdleMs: null,
  deadline: null,
  isRepeatable: false,
};

const modules: ScriptedModule[] = [];
let ends: (() => Promise<void>)[] = [];

/** Every test ends with all slots given back and all connections closed. */
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const module of modules.splice(0)) await module.stop();
  ends = [];
});

async function start(script: Script): Promise<ScriptedModule> {
  const module = await ScriptedModule.start(script);
  modules.push(module);
  return module;
}

const ok: Script = (socket) => socket.write(answer("ok"));

/** Upstreams with a clock that stands still until it is set. */
function open(limits: Partial<UpstreamLimits> = {}) {
  const connections = connectOnWire({ idleMs: 3_600_000 }); // nothing closes by itself
  const events: UpstreamEvent[] = [];
  const waiting: (() => void)[] = [];
  const time = { now: NOW };
  const upstreams = createUpstreams({
    connections,
    clock: { now: () => time.now },
    limits: { ...patient, ...limits },
    random: seededRandom(1),
    onEvent: (event) => {
      events.push(event);
      for (const wake of waiting.splice(0)) wake();
    },
  });
  ends.push(async () => {
    upstreams.close();
    await connections.close();
    await settled();
    if (upstreams.inFlight + connections.open > 0) throw new Error("slots or connections have leaked");
  });
  const untilEvent = async (kind: UpstreamEvent["kind"]): Promise<void> => {
    while (!events.some((each) => each.kind === kind)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { upstreams, connections, events, time, untilEvent };
}

const kinds = (events: readonly UpstreamEvent[]): string[] => events.map(({ kind }) => kind);

function moduleOf(...instances: readonly (ScriptedModule | string)[]) {
  return {
    moduleId: "mod-users-19.3.2",
    instances: instances.map((each, index) => ({
      instanceId: `i-${index}`,
      url: typeof each === "string" ? each : each.url,
    })),
  };
}

function request(method: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method,
    target: "/users",
    rawHeaders: [],
    body: null,
    contentLength: null,
    signal: new AbortController().signal,
    ...more,
  };
}

type Sent = ReturnType<Upstreams["send"]>;

async function answerOf(sent: Sent): Promise<UpstreamAnswer> {
  const result = await sent;
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.detail}`);
  return result.value;
}

async function failureOf(sent: Sent): Promise<GatewayFailure> {
  const result = await sent;
  if (result.ok) throw new Error(`an answer with status ${result.value.status}`);
  return result.error;
}

async function text(sent: Sent): Promise<string> {
  return read(await answerOf(sent));
}

async function read(value: UpstreamAnswer): Promise<string> {
  const bytes = await value.body?.readAll(1_000_000);
  await value.ended;
  return Buffer.from(bytes ?? []).toString("latin1");
}

/** What has ended is put back a few turns later. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function deadUrl(): Promise<string> {
  const module = await ScriptedModule.start(ok);
  await module.stop();
  return module.url;
}

describe("a request to a module", () => {
  it("reaches an instance, with the path of its URL before its own", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const sent = upstreams.send(
      moduleOf(`${instance.url}/base/`),
      request("GET", { target: "/users?x=1" }),
      plain,
    );
    const given = await answerOf(sent);
    expect(given).toMatchObject({
      status: 200,
      instanceId: "i-0",
      url: `${instance.url}/base/`,
      attempts: 1,
    });
    expect(await read(given)).toBe("ok");
    expect(instance.seen[0]?.target).toBe("/base/users?x=1");
  });

  it("is shared out over all instances", async () => {
    const instances = [await start(ok), await start(ok), await start(ok)];
    const { upstreams } = open();
    const module = moduleOf(...instances);
    for (let round = 0; round < 60; round += 1) await text(upstreams.send(module, request("GET"), plain));
    expect(Math.min(...instances.map(({ seen }) => seen.length))).toBeGreaterThan(5);
  });

  it("without an instance is refused with 503", async () => {
    const { upstreams } = open();
    expect(await failureOf(upstreams.send(moduleOf(), request("POST"), plain))).toMatchObject({
      status: 503,
      kind: "no-instance",
      isRetrySafe: true,
      retryAfterSeconds: 1,
      attempts: 0,
    });
  });

  it("whose body breaks off rejects with that, and gives its slot back", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const body = brokenBody();
    const sent = upstreams.send(moduleOf(instance), request("POST", { body, contentLength: 9 }), plain);
    await expect(sent).rejects.toBeInstanceOf(BodyFailure);
    expect(upstreams.inFlight).toBe(0);
  });

  it("holds its slot until its answer has ended, read or abandoned", async () => {
    const rest: (() => void)[] = [];
    const instance = await start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
      rest.push(() => socket.write("k"));
    });
    const { upstreams } = open();
    const module = moduleOf(instance);
    const first = await answerOf(upstreams.send(module, request("GET"), plain));
    const second = await answerOf(upstreams.send(module, request("GET"), plain));
    expect(upstreams.inFlight).toBe(2);
    for (const send of rest.slice(0, 1)) send();
    expect(await read(first)).toBe("ok");
    await first.ended;
    expect(upstreams.inFlight).toBe(1);
    second.abandon();
    await second.ended;
    expect(upstreams.inFlight).toBe(0);
    await expect(second.body?.readAll(10)).rejects.toBeInstanceOf(AnswerFailure);
  });

  it("whose answer came whole holds its slot no longer: there is nothing to wait for", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const answered = await answerOf(upstreams.send(moduleOf(instance), request("GET"), plain));
    expect(upstreams.inFlight).toBe(0);
    expect(await read(answered)).toBe("ok");
    expect(await answered.ended).toBe("complete");
  });

  it("of a client that has gone gives its slot back, and says nothing of the instance", async () => {
    const instance = await start(() => undefined);
    const { upstreams, events } = open();
    for (let round = 0; round < 6; round += 1) {
      const client = new AbortController();
      const sent = upstreams.send(
        moduleOf(instance, await deadUrl()),
        request("GET", { signal: client.signal }),
        plain,
      );
      void instance.until(() => instance.seen.length === round + 1).then(() => client.abort());
      expect(await failureOf(sent)).toMatchObject({ kind: "aborted", fault: "client" });
    }
    expect(upstreams.inFlight).toBe(0);
    expect(events.filter(({ kind, instanceId }) => kind === "ejected" && instanceId === "i-0")).toEqual([]);
  });
});

describe("the deadline of a request", () => {
  it("is passed on, and ends the wait with 504", async () => {
    const instance = await start(() => undefined);
    const { upstreams } = open();
    const sent = upstreams.send(moduleOf(instance), request("GET"), { ...plain, deadline: NOW + 50 });
    expect(await failureOf(sent)).toMatchObject({ status: 504, kind: "deadline", attempts: 1 });
    expect(instance.seen[0]?.headers["x-request-deadline"]).toBe(String(NOW + 50));
  });

  it("that has passed sends nothing", async () => {
    const instance = await start(ok);
    const { upstreams } = open();
    const late = request("POST", { rawHeaders: ["X-Request-Deadline", String(NOW)] });
    expect(await failureOf(upstreams.send(moduleOf(instance), late, plain))).toMatchObject({
      status: 504,
      isRetrySafe: true,
      attempts: 0,
    });
    expect(instance.seen).toEqual([]);
  });

  it("ends the wait for a slot too", async () => {
    const instance = await start(() => undefined);
    const { upstreams } = open({ inFlightPerInstance: 1 });
    const module = moduleOf(instance);
    const client = new AbortController();
    const first = upstreams.send(module, request("GET", { signal: client.signal }), plain);
    const second = upstreams.send(module, request("GET"), { ...plain, deadline: NOW + 50 });
    expect(await failureOf(second)).toMatchObject({ status: 504, kind: "deadline", attempts: 0 });
    client.abort();
    await failureOf(first);
  });

  it("does not end an answer that streams", async () => {
    let finish = (): void => undefined;
    const instance = await start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
      finish = () => socket.write("cd");
    });
    const { upstreams } = open();
    const given = await answerOf(
      upstreams.send(moduleOf(instance), request("GET"), { ...plain, deadline: NOW + 60 }),
    );
    const bytes = given.body?.readAll(10);
    await new Promise((resolve) => setTimeout(resolve, 120)); // the deadline has passed, whatever this machine does
    finish();
    expect(Buffer.from((await bytes) ?? []).toString()).toBe("abcd");
  });
});

describe("an instance that is new", () => {
  it("is not drowned: it is taken for as slow as the others, and starts slowly", async () => {
    const old = await start((socket) => {
      time.now += 100;
      socket.write(answer("ok"));
    });
    const fresh = await start(ok);
    const { upstreams, time } = open();
    await text(upstreams.send(moduleOf(old), request("GET"), plain));
    time.now += 10_000; // it is at its full weight
    await text(upstreams.send(moduleOf(old), request("GET"), plain));
    for (let round = 0; round < 10; round += 1) {
      await text(upstreams.send(moduleOf(old, fresh), request("GET"), plain));
    }
    expect(fresh.seen).toEqual([]);
    time.now += 10_000;
    for (let round = 0; round < 10; round += 1) {
      await text(upstreams.send(moduleOf(old, fresh), request("GET"), plain));
    }
    expect(fresh.seen.length).toBeGreaterThan(5);
  });
});

describe("an instance that is dead", () => {
  it("costs no request, of any method, and is ejected after five", async () => {
    const alive = await start(ok);
    const { upstreams, events, time } = open();
    const module = moduleOf(await deadUrl(), alive);
    const methods = ["GET", "POST", "PATCH", "PUT", "DELETE"];
    for (let round = 0; round < 40; round += 1) {
      const method = methods[round % methods.length] ?? "GET";
      const body = method === "POST" ? streamedBody("hello") : null;
      expect(
        await text(upstreams.send(module, request(method, { body, contentLength: body && 5 }), plain)),
      ).toBe("ok");
    }
    expect(alive.seen).toHaveLength(40);
    expect(kinds(events)).toEqual(["retried", "retried", "retried", "retried", "ejected", "retried"]);
    expect(upstreams.report(module.moduleId).map(({ state }) => state)).toEqual(["ejected", "in"]);
    time.now += 30_000;
    expect(upstreams.report(module.moduleId).map(({ state }) => state)).toEqual(["in", "in"]);
  });

  it("costs no request when many come at once", async () => {
    const alive = await start(ok);
    const { upstreams } = open();
    const module = moduleOf(await deadUrl(), alive);
    const sent = Array.from({ length: 100 }, () => text(upstreams.send(module, request("POST"), plain)));
    expect(new Set(await Promise.all(sent))).toEqual(new Set(["ok"]));
    expect(alive.seen).toHaveLength(100);
  });

  it("and back before its ejection is over takes over when the other one dies, and stays in", async () => {
    const first = await ScriptedModule.start(ok);
    await first.stop();
    const second = await ScriptedModule.start(ok);
    const { upstreams } = open();
    const module = moduleOf(first, second);
    for (let round = 0; round < 20; round += 1) {
      await text(upstreams.send(module, request("POST"), plain));
    }
    const states = () => upstreams.report(module.moduleId).map(({ state }) => state);
    expect(states()).toEqual(["ejected", "in"]);
    modules.push(await ScriptedModule.start(ok, first.port));
    await second.stop();
    // On the connection that was kept to it, which nobody may repeat it for.
    await upstreams.send(module, request("POST"), plain);
    for (let round = 0; round < 20; round += 1) {
      expect(await text(upstreams.send(module, request("POST"), plain))).toBe("ok");
    }
    expect(states()[0]).toBe("in");
  });

  it("is never ejected when it is the only one, and is used when it is back", async () => {
    const first = await ScriptedModule.start(ok);
    await first.stop();
    const { upstreams, events } = open();
    const only = moduleOf(first);
    for (let round = 0; round < 10; round += 1) {
      expect(await failureOf(upstreams.send(only, request("POST"), plain))).toMatchObject({
        status: 502,
        kind: "connect-refused",
        isRetrySafe: true,
        attempts: 1,
        message: expect.stringMatching(/^proxyClient failure: mod-users-19\.3\.2: .*: POST \/users\. /),
      });
    }
    expect(kinds(events)).toEqual([]);
    modules.push(await ScriptedModule.start(ok, first.port));
    expect(await text(upstreams.send(only, request("POST"), plain))).toBe("ok");
  });
});

describe("an instance that is frozen", () => {
  it("is avoided though its clients tire before it fails", async () => {
    const frozen = await start(() => undefined);
    const alive = await start(ok);
    const { upstreams, time } = open();
    const module = moduleOf(frozen, alive);
    for (let round = 0; round < 20; round += 1) {
      const client = new AbortController();
      const before = frozen.seen.length;
      const sent = upstreams.send(module, request("GET", { signal: client.signal }), plain);
      const isFrozen = await Promise.race([
        frozen.until(() => frozen.seen.length > before).then(() => true),
        sent.then(() => false),
      ]);
      if (isFrozen) {
        time.now += 3000;
        client.abort();
      }
      const result = await sent;
      if (result.ok) await read(result.value);
    }
    expect(frozen.seen.length).toBeGreaterThan(0);
    expect(frozen.seen.length).toBeLessThan(4);
  });

  it("costs a GET its first attempt only, and a POST is not sent again", async () => {
    const frozen = await start(() => undefined);
    const alive = await start(ok);
    const { upstreams } = open({ firstByteMs: 40 });
    const module = moduleOf(frozen, alive);
    const outcomes: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      const get = await upstreams.send(module, request("GET"), plain);
      if (get.ok) await read(get.value);
      outcomes.push(get.ok ? "answer" : get.error.kind);
    }
    expect(new Set(outcomes)).toEqual(new Set(["answer"]));
    expect(frozen.seen.length).toBeGreaterThan(0);

    const { upstreams: others } = open({ firstByteMs: 40 });
    const alone = moduleOf(frozen);
    const before = frozen.seen.length;
    expect(await failureOf(others.send(alone, request("POST"), plain))).toMatchObject({
      status: 504,
      kind: "first-byte-timeout",
      isRetrySafe: false,
      attempts: 1,
    });
    expect(frozen.seen.length).toBe(before + 1);
  });

  it("is repeated at the same instance where there is no other", async () => {
    const instance = await start((socket) => {
      if (instance.seen.length > 1) socket.write(answer("ok"));
    });
    const { upstreams, events } = open({ firstByteMs: 40 });
    expect(await text(upstreams.send(moduleOf(instance), request("GET"), plain))).toBe("ok");
    expect(kinds(events)).toEqual(["retried"]);
  });
});

describe("an instance that closes its kept connections as a request comes", () => {
  const resetting: Script = (socket, { isReused, target }) => {
    if (isReused) socket.resetAndDestroy();
    else if (target !== "/held") socket.write(answer("ok"));
  };

  /** Two or more connections that have served and are kept. */
  async function warm(
    upstreams: Upstreams,
    module: ReturnType<typeof moduleOf>,
    count: number,
  ): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, () => text(upstreams.send(module, request("GET"), plain))),
    );
    await settled();
  }

  it("is asked once more on a new connection, though others are kept", async () => {
    const instance = await start(resetting);
    const { upstreams, events } = open();
    const module = moduleOf(instance);
    await warm(upstreams, module, 3);
    expect(await text(upstreams.send(module, request("GET"), plain))).toBe("ok");
    expect(kinds(events)).toEqual(["retried"]);
  });

  it("is not sent a body again that was read once, nor a POST", async () => {
    const instance = await start(resetting);
    const { upstreams, events } = open();
    const module = moduleOf(instance);
    const streamed = { body: streamedBody("hello"), contentLength: 5 };
    for (const each of [request("PUT", streamed), request("POST")]) {
      await warm(upstreams, module, 1);
      expect(await failureOf(upstreams.send(module, each, plain))).toMatchObject({
        status: 502,
        kind: "reset",
        isRetrySafe: each.method === "PUT",
        attempts: 1,
      });
    }
    expect(events).toEqual([]);
  });

  it("is sent a POST again only with a key on a route that is declared safe", async () => {
    const instance = await start(resetting);
    const { upstreams } = open();
    const module = moduleOf(instance);
    const keyed = request("POST", { rawHeaders: ["idempotency-key", "7"], body: Buffer.from("a") });
    await warm(upstreams, module, 1);
    expect(await failureOf(upstreams.send(module, keyed, plain))).toMatchObject({ kind: "reset" });
    await warm(upstreams, module, 1);
    expect(await text(upstreams.send(module, keyed, { ...plain, isRepeatable: true }))).toBe("ok");
  });

  it("is asked again within the budget only, and is not blamed for it", async () => {
    const instance = await start(resetting);
    const { upstreams, events } = open({ ejection: { ...patient.ejection, maxShare: 1 } });
    const module = moduleOf(instance);
    await warm(upstreams, module, 20);
    const clients = Array.from({ length: 20 }, () => new AbortController());
    const sent = clients.map(({ signal }) =>
      upstreams.send(module, request("GET", { target: "/held", signal }), plain),
    );
    // The second attempts are held, so that all retries are at a time.
    await instance.until(
      () => instance.seen.filter(({ target, isReused }) => target === "/held" && !isReused).length > 2,
    );
    await settled();
    for (const client of clients) client.abort();
    const failures = await Promise.all(sent.map(failureOf));
    const retried = kinds(events).filter((kind) => kind === "retried").length;
    expect(retried).toBeGreaterThanOrEqual(3);
    expect(retried).toBeLessThanOrEqual(5);
    expect(failures.filter(({ kind }) => kind === "reset")).toHaveLength(20 - retried);
    expect(kinds(events)).not.toContain("ejected");
  });
});

describe("an instance that drains", () => {
  it("hands over what it has not begun: 503 with Retry-After goes elsewhere", async () => {
    const draining = await start((socket) =>
      socket.write(answer("no", "503 Service Unavailable", "Retry-After: 1")),
    );
    const alive = await start(ok);
    const { upstreams } = open();
    const module = moduleOf(draining, alive);
    for (let round = 0; round < 20; round += 1) {
      expect(await text(upstreams.send(module, request("PUT", { body: Buffer.from("a") }), plain))).toBe(
        "ok",
      );
    }
    expect(draining.seen.length).toBeGreaterThan(0);
    expect(alive.seen).toHaveLength(20);
  });

  it("hands a POST over only with the header that proves it", async () => {
    let proof: string[] = [];
    const draining = await start((socket) =>
      socket.write(answer("no", "503 Service Unavailable", "Retry-After: 1", ...proof)),
    );
    const alive = await start(ok);
    const { upstreams } = open();
    const module = moduleOf(draining, alive);
    const statuses = async (): Promise<Set<number>> => {
      const all = new Set<number>();
      for (let round = 0; round < 20; round += 1) {
        const given = await answerOf(upstreams.send(module, request("POST"), plain));
        all.add(given.status);
        await read(given);
      }
      return all;
    };
    expect(await statuses()).toEqual(new Set([200, 503]));
    proof = ["X-Octavo-Not-Processed: true"];
    expect(await statuses()).toEqual(new Set([200]));
  });

  it("and left discovery gets no new request, ends those in flight, and its kept connections close", async () => {
    let finish = (): void => undefined;
    const leaving = await start((socket, { target }) => {
      if (target === "/slow") finish = () => socket.write(answer("late"));
      else socket.write(answer("ok"));
    });
    const staying = await start(ok);
    const { upstreams, events } = open();
    const before = moduleOf(leaving);
    const slow = upstreams.send(before, request("POST", { target: "/slow" }), plain);
    await leaving.until(() => leaving.seen.length === 1);
    expect(await text(upstreams.send(before, request("GET"), plain))).toBe("ok");
    await settled();
    const after: UpstreamModuleInstance[] = [{ instanceId: "i-1", url: staying.url }];
    upstreams.setInstances(before.moduleId, after);
    expect(kinds(events)).toEqual(["drained"]);
    await leaving.until(() => leaving.open === 1);
    for (let round = 0; round < 10; round += 1) {
      expect(await text(upstreams.send({ ...before, instances: after }, request("GET"), plain))).toBe("ok");
    }
    expect(leaving.seen).toHaveLength(2);
    finish();
    expect(await text(slow)).toBe("late");
    await leaving.until(() => leaving.open === 0);
  });

  it("keeps the connections that another module has at the same origin", async () => {
    const instance = await start(ok);
    const { upstreams, connections } = open();
    const one = moduleOf(instance);
    await text(upstreams.send(one, request("GET"), plain));
    await text(upstreams.send({ ...one, moduleId: "mod-groups-1.0.0" }, request("GET"), plain));
    await settled();
    upstreams.setInstances(one.moduleId, []);
    await settled();
    expect(connections.open).toBe(1);
    upstreams.setInstances("mod-groups-1.0.0", []);
    await instance.until(() => instance.open === 0);
  });
});

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

describe("active checks", () => {
  it("take a dead instance out before a request meets it, and bring it back", async () => {
    const alive = await start(ok);
    const dying = await ScriptedModule.start(ok);
    const { port } = dying;
    const { upstreams, events, untilEvent } = open({
      activeCheck: { path: "/admin/health", intervalMs: 5, downAfter: 3, upAfter: 2 },
    });
    const module = moduleOf(alive, dying);
    upstreams.setInstances(module.moduleId, module.instances);
    await dying.until(() => dying.seen.length > 2);
    expect(dying.seen[0]).toMatchObject({ method: "GET", target: "/admin/health" });
    await dying.stop();
    await untilEvent("down");
    for (let round = 0; round < 20; round += 1) await text(upstreams.send(module, request("GET"), plain));
    expect(kinds(events)).toEqual(["down"]);
    modules.push(await ScriptedModule.start(ok, port));
    await untilEvent("up");
    expect(upstreams.report(module.moduleId).map(({ state }) => state)).toEqual(["in", "in"]);
  });

  it("take any answer for life", async () => {
    const failing = await start((socket) => socket.write(answer("no", "500 Internal Server Error")));
    const { upstreams, connections, events } = open({
      activeCheck: { path: "/admin/health", intervalMs: 1, downAfter: 1, upAfter: 1 },
    });
    upstreams.setInstances("mod-users-19.3.2", moduleOf(failing).instances);
    await failing.until(() => failing.seen.length > 20);
    expect(events).toEqual([]);
    expect(connections.open).toBeLessThan(5);
  });
});

function streamedBody(value: string): BodySource {
  return sourceOf(async function* () {
    yield Buffer.from(value);
  });
}

function brokenBody(): BodySource {
  return sourceOf(async function* () {
    yield Buffer.from("hel");
    throw new BodyFailure("client-gone");
  });
}

function sourceOf(pieces: () => AsyncGenerator<Uint8Array, void>): BodySource {
  return { [Symbol.asyncIterator]: pieces, readAll: () => Promise.resolve(null) };
}
