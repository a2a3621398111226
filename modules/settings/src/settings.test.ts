import { randomUUID } from "node:crypto";
import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { askingUserId, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settings } from "./index.ts";

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(settings);
});
afterAll(() => running.close());

interface Caller {
  readonly permissions?: readonly string[];
  readonly userId?: string | null;
}
interface Listed {
  readonly items: readonly { readonly key: string }[];
  readonly resultInfo: { readonly totalRecords: number };
}

/** What a caller may do in a scope: "global.write". */
const may = (scope: string, ...rights: readonly string[]): Caller => ({
  permissions: rights.map((right) => `mod-settings.${right}.${scope}`),
});
const setting = (scope: string, more: object = {}) => ({
  id: randomUUID(),
  scope,
  key: "k1",
  value: { v: "thevalue" },
  ...more,
});
const post = async (body: object, caller: Caller) =>
  (await running.ask("POST /settings/entries", body, caller)).status;
const put = async (body: { readonly id: string; readonly value?: unknown }, caller: Caller) =>
  (await running.ask(`PUT /settings/entries/${body.id}`, body, caller)).status;
const get = (id: string, caller: Caller) => running.ask(`GET /settings/entries/${id}`, undefined, caller);
const remove = async (id: string, caller: Caller) =>
  (await running.ask(`DELETE /settings/entries/${id}`, undefined, caller)).status;
const list = (parameters: string, caller: Caller) =>
  running.ask(`GET /settings/entries?${parameters}`, undefined, caller);

/** The claims of mod-settings 1.0.3's own MainVerticleTest; where ours is another one the reason is in docs/compatibility.md. */
describe("a setting of everybody", () => {
  it("is written by who may write in its scope, and is there for who may read in it", async () => {
    const scope = randomUUID();
    const entry = setting(scope);
    expect(await post(entry, may(scope, "global.read", "users.write", "owner.write"))).toBe(403);
    expect(await put(entry, may(scope, "global.read"))).toBe(403);
    expect(await post(entry, may(scope, "global.write"))).toBe(204);
    expect((await get(entry.id, may(scope, "global.write"))).status).toBe(404);
    expect(await remove(entry.id, may(scope, "global.read"))).toBe(404);
    expect((await get(entry.id, may(scope, "global.read"))).body).toEqual(entry);
    expect((await get(entry.id, may("other", "global.read"))).status).toBe(404);
  });

  it.each([
    ["an object", { a: [1, { b: null }] }],
    ["a text", "plain"],
    ["a number", 0],
    ["false", false],
    ["null", null],
    ["a list", ["x"]],
  ])("has any value: %s", async (_what, value) => {
    const scope = randomUUID();
    const entry = setting(scope, { value });
    expect(await post(entry, may(scope, "global.write"))).toBe(204);
    expect((await get(entry.id, may(scope, "global.read"))).body).toEqual(entry);
  });

  it("has its key once in a scope, and its id once", async () => {
    const scope = randomUUID();
    const entry = setting(scope);
    expect(await post(entry, may(scope, "global.write"))).toBe(204);
    expect(await post({ ...entry, id: randomUUID() }, may(scope, "global.write"))).toBe(403);
    expect(await post(entry, may(scope, "global.write"))).toBe(403);
    expect(await post(setting(scope, { key: "K1" }), may(scope, "global.write"))).toBe(204);
  });

  it.each<[string, object, number]>([
    ["without an id", { id: undefined }, 422],
    ["with an id that is none", { id: "7" }, 422],
    ["without a value", { value: undefined }, 422],
    ["with what is not known", { colour: "red" }, 422],
    ["beyond 64 KiB", { value: "x".repeat(65_536) }, 413],
  ])("is refused %s", async (_what, wrong, status) => {
    const scope = randomUUID();
    expect(await post({ ...setting(scope), ...wrong }, may(scope, "global.write"))).toBe(status);
  });
});

describe("a setting of a user", () => {
  it("has its key once for each", async () => {
    const scope = randomUUID();
    const [one, other] = [setting(scope, { userId: randomUUID() }), setting(scope, { userId: randomUUID() })];
    expect(await post(one, may(scope, "users.write"))).toBe(204);
    expect(await post({ ...one, id: randomUUID() }, may(scope, "users.write"))).toBe(403);
    expect(await post(other, may(scope, "users.write"))).toBe(204);
    expect((await get(other.id, may(scope, "users.read"))).body).toEqual(other);
    expect(
      await put(
        { ...other, userId: (one as { userId?: string }).userId } as typeof other,
        may(scope, "users.write"),
      ),
    ).toBe(404);
  });

  it("is its owner's to read and to write, and nobody else's", async () => {
    const scope = randomUUID();
    const mine = setting(scope, { userId: askingUserId });
    const owner = may(scope, "owner.write", "owner.read");
    expect(await post(setting(scope, { userId: randomUUID() }), owner)).toBe(403);
    expect(await post(mine, { ...owner, userId: null })).toBe(403);
    expect(await post(mine, owner)).toBe(204);
    expect((await get(mine.id, owner)).status).toBe(200);
    const stranger = { ...owner, userId: randomUUID() };
    expect((await get(mine.id, stranger)).status).toBe(404);
    expect(await remove(mine.id, stranger)).toBe(404);
    // Known by its id, it is not taken over either.
    expect(await put({ ...mine, userId: stranger.userId } as typeof mine, stranger)).toBe(404);
    expect(await put({ ...mine, value: 2 }, owner)).toBe(204);
    expect((await get(mine.id, owner)).body).toEqual({ ...mine, value: 2 });
    expect(await remove(mine.id, owner)).toBe(204);
    expect(await remove(mine.id, owner)).toBe(404);
  });
});

describe("a replacement", () => {
  it("is refused where body and path differ, and not found where there is nothing", async () => {
    const scope = randomUUID();
    const caller = may(scope, "global.write");
    const entry = setting(scope);
    expect(await put(entry, caller)).toBe(404);
    expect((await running.ask(`PUT /settings/entries/${randomUUID()}`, entry, caller)).status).toBe(400);
  });
});

describe("a list", () => {
  it("holds what the caller may read, in pages, and says how many there are", async () => {
    const scope = randomUUID();
    for (let at = 0; at < 12; at += 1) {
      expect(await post(setting(scope, { key: `g${at}` }), may(scope, "global.write"))).toBe(204);
    }
    for (const userId of [randomUUID(), randomUUID(), askingUserId]) {
      expect(await post(setting(scope, { key: "l1", userId }), may(scope, "users.write"))).toBe(204);
    }
    const counted = async (parameters: string, ...rights: readonly string[]) => {
      const { body } = await list(parameters, may(scope, ...rights));
      const { items, resultInfo } = body as Listed;
      return [items.length, resultInfo.totalRecords];
    };
    expect(await counted("", "global.read")).toEqual([10, 12]);
    expect(await counted("limit=3", "global.read")).toEqual([3, 12]);
    expect(await counted("offset=11", "global.read")).toEqual([1, 12]);
    expect(await counted("", "users.read")).toEqual([3, 3]);
    expect(await counted("", "owner.read")).toEqual([1, 1]);
    expect(await counted("limit=100", "owner.read", "global.read")).toEqual([13, 13]);
    expect(await counted("limit=100", "users.read", "global.read")).toEqual([15, 15]);
    expect(await counted(`query=scope=="${scope}" and key==g1*`, "global.read")).toEqual([3, 3]);
    expect(await counted("query=key==l1", "global.read")).toEqual([0, 0]);
    expect((await list("", {})).status).toBe(403);
  });

  it("is never widened by its query", async () => {
    const scope = randomUUID();
    const hidden = setting(scope, { key: "hidden", userId: randomUUID() });
    expect(await post(hidden, may(scope, "users.write"))).toBe(204);
    for (const query of [
      "cql.allRecords=1",
      'key==hidden or scope==""',
      "cql.allRecords=1 not key==x sortby key",
    ]) {
      const { body } = await list(`query=${encodeURIComponent(query)}`, may(scope, "global.read"));
      expect([query, (body as Listed).items]).toEqual([query, []]);
    }
    const { status } = await list(
      `query=${encodeURIComponent("key==hidden) or (key==hidden")}`,
      may(scope, "global.read"),
    );
    expect(status).toBe(400);
  });
});

describe("an upload", () => {
  const upload = (entries: readonly object[], caller: Caller) =>
    running.ask("PUT /settings/upload", entries, caller);
  const of = (scope: string, key: string, value: unknown) => ({ scope, key, userId: askingUserId, value });

  it("makes what is not there and replaces what is, all or nothing", async () => {
    const scope = randomUUID();
    const owner = may(scope, "owner.write", "owner.read");
    const entries = Array.from({ length: 60 }, (_, at) => of(scope, `k${at}`, "s".repeat(1000)));
    expect((await upload(entries, owner)).body).toEqual({ inserted: 60, updated: 0 });
    expect((await upload([...entries, of(scope, "new", 1)], owner)).body).toEqual({
      inserted: 1,
      updated: 60,
    });
    const mixed = [of(scope, "k0", "changed"), of("other", "k0", 1)];
    expect((await upload(mixed, owner)).status).toBe(403);
    const { body } = await list(`query=key==k0`, owner);
    expect((body as Listed).items).toMatchObject([{ value: "s".repeat(1000) }]);
  });

  it("has the last value of what comes twice", async () => {
    const scope = randomUUID();
    const owner = may(scope, "owner.write", "owner.read");
    const twice = [of(scope, "k", 1), of(scope, "k", 2)];
    expect((await upload(twice, owner)).body).toEqual({ inserted: 1, updated: 1 });
    expect(((await list("", owner)).body as Listed).items).toMatchObject([{ value: 2 }]);
  });

  it("of two at once makes each once", async () => {
    const scope = randomUUID();
    const owner = may(scope, "owner.write", "owner.read");
    const entries = Array.from({ length: 20 }, (_, at) => of(scope, `k${at}`, at));
    const answers = await Promise.all([upload(entries, owner), upload(entries.toReversed(), owner)]);
    const inserted = answers.map(({ body }) => (body as { inserted: number }).inserted);
    expect([answers.map(({ status }) => status), inserted.reduce((sum, each) => sum + each, 0)]).toEqual([
      [200, 200],
      20,
    ]);
  });

  it.each<[string, unknown]>([
    ["an id", [{ ...of("s", "k", 1), id: randomUUID() }]],
    ["no list", { scope: "s" }],
  ])("is refused with %s", async (_what, body) => {
    const answer = await running.ask("PUT /settings/upload", body, may("s", "owner.write"));
    expect(answer.status).toBe(422);
  });
});

describeWithFolio("the descriptor of mod-settings 1.0.3", () => {
  it("has the interface, the routes and the permissions that ours has", () => {
    const ours = descriptorOf(settings) as ComparedDescriptor; // as: what a descriptor is
    const real = realDescriptor("mod-settings");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });
});
