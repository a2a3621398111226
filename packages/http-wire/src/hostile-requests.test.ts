import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits, type Listener } from "./listener.ts";
import { type CheckedHead, checkHead } from "./semantic-gate.ts";
import { headerPairs } from "./header-list.ts";
import { adapters } from "./testing/adapters.ts";
import { bytesOf, hostileRequests, type HostileRequest } from "./testing/hostile-request.ts";
import { RawClient } from "./testing/raw-client.ts";

const requests = hostileRequests();
const allRefused = requests.filter((each) => each.refused !== undefined);
const accepted = requests.filter((each) => each.accepted !== undefined);
const good = "GET /good HTTP/1.1\r\nHost: library.example\r\n\r\n";

describe.each(adapters)("hostile requests over $name", ({ name: adapter, listen }) => {
  const refused = allRefused.filter((each) => each.lenient?.includes(adapter) !== true);
  const lenient = allRefused.filter((each) => each.lenient?.includes(adapter) === true);
  let listener: Listener;
  let seen: { head: CheckedHead; body: string }[] = [];

  beforeAll(async () => {
    const started = await listen({
      host: "127.0.0.1",
      port: 0,
      limits: defaultLimits,
      onError: () => undefined,
      serve: async (head, body, sink) => {
        const checked = checkHead(head);
        if (!checked.ok) {
          sink.send(
            checked.error.status,
            ["Content-Type", "text/plain", "Connection", "close"],
            checked.error.message,
          );
          return;
        }
        const bytes = await body.readAll(1000);
        seen.push({ head: checked.value, body: Buffer.from(bytes ?? []).toString() });
        sink.send(200, [], "seen");
      },
    });
    if (!started.ok) throw new Error(started.error.message);
    listener = started.value;
  });
  afterAll(() => listener.close(0));
  beforeEach(() => {
    seen = [];
  });

  it("are at least 60, and some are accepted, so that the gate is not simply shut", () => {
    expect(refused.length).toBeGreaterThanOrEqual(60);
    expect(accepted.length).toBeGreaterThanOrEqual(20);
  });

  describe.each(refused)("$name", (request) => {
    it("is refused, and the connection ends before the request behind it", async () => {
      const client = await RawClient.connect(listener.port);
      client.send(bytesOf(request) + good);
      expect(await client.answer()).toMatchObject({
        status: request.refused,
        headers: { "content-type": "text/plain", connection: "close" },
      });
      expect(await client.end()).toBe("");
      expect(seen).toEqual([]);
    });

    it("is refused behind a good request that is answered first", async () => {
      const client = await RawClient.connect(listener.port);
      client.send(good + bytesOf(request));
      expect(await client.answer()).toMatchObject({ status: 200, body: "seen" });
      const second = await client.answer();
      // The end of the connection may overtake the answer where bytes are left that nobody read.
      expect([request.refused, undefined]).toContain(second?.status);
      await client.end();
      expect(seen.map(({ head }) => head.target)).toEqual(["/good"]);
    });

    it.skipIf(request.isBig === true)("is refused also when it comes byte by byte", async () => {
      const client = await RawClient.connect(listener.port);
      const sending = client.sendSlowly(bytesOf(request));
      const answer = await client.answer();
      // Where the rest of the request is still being sent, a reset may overtake the answer.
      expect([request.refused, undefined]).toContain(answer?.status);
      await client.end();
      await sending;
      expect(seen).toEqual([]);
    });
  });

  it.each(lenient)(
    "$name: a fault that this adapter cannot see, taken for the plain request",
    async (request) => {
      const client = await RawClient.connect(listener.port);
      client.send(bytesOf(request));
      expect(await client.answer()).toMatchObject({ status: 200 });
      client.destroy();
      expect(seen.map(({ head }) => head.target)).toEqual(["/a"]);
    },
  );

  describe.each(accepted)("$name", (request) => {
    const expected = request.accepted ?? {};

    it.each(["whole", "byte by byte"])("is accepted, and seen as it was sent: %s", async (manner) => {
      const client = await RawClient.connect(listener.port);
      if (manner === "whole") client.send(bytesOf(request));
      else await client.sendSlowly(bytesOf(request));
      expect(await client.answer()).toMatchObject({ status: 200, body: "seen" });
      client.destroy();
      expect(seen.map(({ head, body }) => lookedFor(expected, head, body))).toEqual([expected]);
    });
  });
});

/** Of what was seen, the parts that a request states. */
function lookedFor(
  expected: NonNullable<HostileRequest["accepted"]>,
  head: CheckedHead,
  body: string,
): HostileRequest["accepted"] {
  const pairs = [...headerPairs(head.headers)].map(([name, value]) => [name.toLowerCase(), value] as const);
  const seen = {
    target: head.target,
    targetLength: head.target.length,
    host: head.host,
    headers: Object.fromEntries(pairs.filter(([name]) => name !== "host")),
    headerCount: pairs.length,
    body,
  };
  return Object.fromEntries(Object.entries(seen).filter(([name]) => Object.hasOwn(expected, name)));
}
