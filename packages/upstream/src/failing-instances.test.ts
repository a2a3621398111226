import { afterEach, describe, expect, it } from "vitest";
import {
  closeAll,
  deadUrl,
  failureOf,
  kinds,
  moduleOf,
  ok,
  open,
  plain,
  read,
  request,
  start,
  streamedBody,
  text,
} from "./testing/opened-upstreams.ts";
import { answer } from "./testing/scripted-module.ts";

afterEach(closeAll);

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
    const first = await start(ok);
    await first.stop();
    const second = await start(ok);
    const { upstreams } = open();
    const module = moduleOf(first, second);
    for (let round = 0; round < 20; round += 1) {
      await text(upstreams.send(module, request("POST"), plain));
    }
    const states = () => upstreams.report(module.moduleId).map(({ state }) => state);
    expect(states()).toEqual(["ejected", "in"]);
    await start(ok, first.port);
    await second.stop();
    // On the connection that was kept to it, which nobody may repeat it for.
    await upstreams.send(module, request("POST"), plain);
    for (let round = 0; round < 20; round += 1) {
      expect(await text(upstreams.send(module, request("POST"), plain))).toBe("ok");
    }
    expect(states()[0]).toBe("in");
  });

  it("is never ejected when it is the only one, and is used when it is back", async () => {
    const first = await start(ok);
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
    await start(ok, first.port);
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

describe("active checks", () => {
  it("take a dead instance out before a request meets it, and bring it back", async () => {
    const alive = await start(ok);
    const dying = await start(ok);
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
    await start(ok, port);
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
