import { afterEach, describe, expect, it } from "vitest";
import { defaultUpstreamLimits } from "./limits.ts";
import {
  closeAll,
  failureOf,
  kinds,
  moduleOf,
  open,
  plain,
  request,
  settled,
  start,
  streamedBody,
  text,
} from "./testing/opened-upstreams.ts";
import { answer, type Script } from "./testing/scripted-module.ts";
import type { Upstreams } from "./upstreams.ts";

afterEach(closeAll);

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
    const { upstreams, events } = open({ ejection: { ...defaultUpstreamLimits.ejection, maxShare: 1 } });
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
