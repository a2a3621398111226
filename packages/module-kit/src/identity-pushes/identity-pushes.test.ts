import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { sql } from "@octavo/database";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { gatewayCalls } from "../calls/gateway-calls.ts";
import type { RunningModule, Stop } from "../definition/part.ts";
import type { RequestContext } from "../definition/request-context.ts";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { type IdentityChange, joined } from "./identity-change.ts";
import { identityPushes, type IdentityPushes } from "./identity-pushes-part.ts";
import { IDENTITY_PUSHES } from "./push-relay.ts";
import { insertPush, nextPushSeconds } from "./push-rows.ts";
import { pushSteps } from "./push-steps.ts";

/** What the gateway was told, and with what it answers: one status for each call, then 204. */
const told: { readonly path: string; readonly token: unknown; readonly change: IdentityChange }[] = [];
let statuses: number[] = [];
let delay: Promise<void> | null = null;
/** What it gives for pushes; null: it is away when it is asked. */
let forPushes: string | null = null;
const gateway = createServer((request, response) => void answer(request, response));
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const change = JSON.parse(await text(request)) as IdentityChange; // as: what the kit sends
  if (request.url === "/token/identity-pushes") {
    const body = forPushes === null ? "" : JSON.stringify({ token: forPushes });
    response.writeHead(forPushes === null ? 503 : 201).end(body);
    return;
  }
  await delay;
  const status = statuses.shift() ?? 204;
  if (status < 300) told.push({ path: request.url ?? "", token: request.headers["x-okapi-token"], change });
  response.writeHead(status).end();
}

let kit: KitDatabases;
let url = "";
const stops: Stop[] = [];
beforeAll(async () => {
  await new Promise<void>((listening) => gateway.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`; // as: it listens on a port
  kit = await kitDatabases(["north"], pushSteps);
});
beforeEach(() => {
  told.length = 0;
  statuses = [];
  delay = null;
  forPushes = "for.pushes.only";
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  await kit.close();
  gateway.close();
});

const north = { tenantId: "north", work: "foreground" } as const;
const rows = async () =>
  await kit.database.read(north, (tx) =>
    tx.rows(sql`select to_jsonb(octavo_identity_push) from octavo_identity_push`),
  );
const waiting = async (): Promise<number> =>
  (await kit.database.read(north, (tx) => tx.rows(sql`select position from octavo_identity_push`))).length;

interface Started {
  readonly running: RunningModule;
  readonly push: (change: IdentityChange, thrown?: Error) => Promise<void>;
}

function start(pushes: IdentityPushes, gatewayUrl: string | null = url): Started {
  const running = kit.running();
  stops.push(pushes.start(running));
  const { database, log } = running;
  const context: RequestContext = {
    ...north,
    userId: null,
    requestId: "r",
    token: "a.b.c",
    permissions: new Set(),
    okapiUrl: gatewayUrl,
    deadlineMs: null,
    signal: new AbortController().signal,
    remainingMs: () => 60_000,
    log,
  };
  const call = {
    db: {
      tx: <T>(work: Parameters<typeof database.tx<T>>[1]) => database.tx(context, work),
      read: <T>(work: Parameters<typeof database.read<T>>[1]) => database.read(context, work),
    },
    context,
    calls: gatewayCalls(context, null),
    module: { id: "octavo-tested-1.0.0", home: database.home },
  };
  const push = (change: IdentityChange, thrown?: Error) =>
    pushes.tx(call, async (_tx, tell) => {
      tell(change);
      if (thrown !== undefined) throw thrown;
    });
  return { running, push };
}

const path = "/_/octavo/identity/invalidations?wait=all";
const longest = { withinMs: 60_000, relayAfterSeconds: 60 };

describe("a change that gateways are to know of", () => {
  it("is known when its transaction returns, with the caller's token; nothing is said of one that was undone", async () => {
    const { push } = start(identityPushes(longest));
    await expect(push({ ended: ["x"] }, new Error("no"))).rejects.toThrow("no");
    await push({ changed: [] });
    expect(told).toEqual([]);
    await push({ ended: ["a"] });
    expect(told).toEqual([{ path, token: "a.b.c", change: { changed: [], ended: ["a"] } }]);
    expect(await waiting()).toBe(0);
  });

  it("is said again while a gateway has not got it, before its transaction returns", async () => {
    const { push } = start(identityPushes(longest));
    statuses = [504, 503, 500];
    await push({ everybody: "changed" });
    expect(told.map(({ change }) => change)).toEqual([{ everybody: "changed" }]);
  });

  it("goes with others that come while a push is under way", async () => {
    const { push } = start(identityPushes(longest));
    let go = (): void => undefined;
    delay = new Promise((resolve) => (go = resolve));
    const ids = Array.from({ length: 50 }, (_, at) => `user ${at}`);
    const pushed = ids.map((id) => push({ changed: [id] }));
    await vi.waitUntil(async () => (await waiting()) === 50, { timeout: 20_000, interval: 5 });
    go();
    await Promise.all(pushed);
    expect(new Set(told.flatMap(({ change }) => change.changed ?? []))).toEqual(new Set(ids));
    expect(told.length).toBeLessThan(10);
    expect(await waiting()).toBe(0);
  });

  it("that nobody took in time is said by the relay until somebody does", async () => {
    const { push } = start(identityPushes({ withinMs: 200, relayAfterSeconds: 0 }));
    statuses = [403, 403];
    await push({ ended: ["b"] });
    expect(told, "a refusal is not waited out").toEqual([]);
    await vi.waitUntil(() => told.length > 0, { timeout: 60_000, interval: 20 });
    expect(told[0]).toMatchObject({ token: "for.pushes.only", change: { ended: ["b"] } });
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 20_000, interval: 20 });
  });

  it("is looked for again when one is there, not for ever", async () => {
    expect(await kit.database.read(north, nextPushSeconds)).toBeNull();
  });

  it.each([
    ["what says changes and opens nothing else", "for.pushes.only"],
    ["no token, where no gateway gives one; this process tells all the same", null],
  ])("keeps %s, and nowhere the request's", async (_what, token) => {
    forPushes = token;
    const { push, running } = start(identityPushes({ withinMs: 200, relayAfterSeconds: 60 }));
    statuses = [403];
    await push({ ended: ["e"] });
    const kept = JSON.stringify(await rows());
    expect(kept).toContain('"e"');
    expect(kept).not.toContain("a.b.c");
    expect(kept.includes("for.pushes.only")).toBe(token !== null);
    await kit.database.tx(north, (tx) =>
      tx.run(sql`update octavo_identity_push set due_at = clock_timestamp()`),
    );
    visitsOf(running).wake("north", IDENTITY_PUSHES, 0);
    await vi.waitUntil(() => told.length > 0, { timeout: 20_000, interval: 20 });
    expect(told[0]).toMatchObject({ token: token ?? "a.b.c", change: { ended: ["e"] } });
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 20_000, interval: 20 });
  });

  it("is not lost with its process", async () => {
    await kit.database.tx(north, (tx) =>
      insertPush(tx, { changed: ["c"] }, { gatewayUrl: url, token: "of.the.dead" }, 0),
    );
    const { running } = start(identityPushes(longest));
    visitsOf(running).wake("north", IDENTITY_PUSHES, 0);
    await vi.waitUntil(() => told.length > 0, { timeout: 20_000, interval: 20 });
    expect(told[0]).toMatchObject({ token: "of.the.dead", change: { changed: ["c"] } });
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 20_000, interval: 20 });
  });

  it("is kept for nobody where there is no gateway that wants to know", async () => {
    await start(identityPushes(longest), null).push({ changed: ["d"] });
    statuses = [404];
    await start(identityPushes(longest)).push({ changed: ["d"] });
    expect([told, await waiting()]).toEqual([[], 0]);
  });
});

it("changes that are joined say of each user what they said, a thousand users at a time", () => {
  const ids = fc.array(fc.nat(3000).map(String), { maxLength: 1500 });
  const change = fc.record(
    { changed: ids, ended: ids, everybody: fc.constant("changed" as const) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
      const pushes = joined(changes);
      const of = (list: readonly IdentityChange[], field: "changed" | "ended") =>
        new Set(list.flatMap((each) => each[field] ?? []));
      const isEverybody = changes.some(({ everybody }) => everybody === "changed");
      expect(pushes.some(({ everybody }) => everybody === "changed")).toBe(isEverybody);
      expect(of(pushes, "ended")).toEqual(of(changes, "ended"));
      const readAnew = (list: readonly IdentityChange[]) =>
        new Set([...of(list, "changed"), ...of(list, "ended")]);
      expect(readAnew(pushes)).toEqual(isEverybody ? of(changes, "ended") : readAnew(changes));
      for (const { changed = [], ended = [] } of pushes) {
        expect(changed.length + ended.length).toBeLessThanOrEqual(1000);
      }
    }),
    { numRuns: 100 },
  );
});
