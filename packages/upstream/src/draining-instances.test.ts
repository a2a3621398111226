import { afterEach, describe, expect, it } from "vitest";
import type { UpstreamModuleInstance } from "./module-pool.ts";
import {
  answerOf,
  closeAll,
  kinds,
  moduleOf,
  ok,
  open,
  plain,
  read,
  request,
  settled,
  start,
  text,
} from "./testing/opened-upstreams.ts";
import { answer } from "./testing/scripted-module.ts";

afterEach(closeAll);

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
