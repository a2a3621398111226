import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet, flow, replay, SERVED_BY } from "./index.ts";
import { notes } from "./testing/samples.ts";

/** The test of the tests: each way to keep state in the wrong place is found, and a module that does it right is not blamed. */

let database: FreshDatabase;
let fleet: Fleet;
const file = new URL("./testing/samples.ts", import.meta.url);

beforeAll(async () => {
  database = await freshDatabase();
  fleet = await Fleet.start({ file, databaseUrl: database.url });
}, 120_000);
afterAll(async () => {
  await fleet.close();
  await database.drop();
});

interface Note {
  readonly id: string;
  readonly title: string;
}
interface Listed {
  readonly notes: readonly Note[];
  readonly totalRecords: number;
}

const changes = flow("a note is made, changed and found", async ({ call }) => {
  const { body: note } = await call<Note>("POST", "/notes", { body: { title: "one" } });
  await call("PUT", `/notes/${note.id}`, { body: { ...note, title: "two" } });
  await call("PUT", `/notes/${note.id}`, { body: { ...note, title: "three" } }); // 409: of an old version
  await call("GET", `/notes/${note.id}`);
  await call("GET", '/notes?query=title=="two"');
});
const once = flow("a keyed note is written once", async ({ call }) => {
  await call("POST", "/notes-once", { body: { title: "keyed" }, repeats: true });
  await call("GET", '/notes?query=title=="keyed"');
});
const later = flow("a job writes a note", async ({ call, until }) => {
  await call("POST", "/notes-later", { body: { title: "later" } });
  await until<Listed>('/notes?query=title=="later"', ({ body }) => body.totalRecords === 1);
});
const leased = (path: string) =>
  flow(`a note is written under a lease at ${path}`, async ({ call }) => {
    await call("POST", path, { body: { title: "leased" }, repeats: true });
    await call("GET", "/notes?totalRecords=exact&limit=0");
  });
const draft = (path: string) =>
  flow(`a draft is kept ${path}`, async ({ call }) => {
    await call("PUT", path, { body: { title: "kept" } });
    await call("GET", path);
  });
const sticky = flow("an export ends", async ({ call, until }) => {
  const { body } = await call<Note>("POST", "/exports-begin", {});
  await until<{ state: string }>(`/exports/${body.id}`, (answer) => answer.body.state === "done");
});

describe("a module that keeps its state in the four places", () => {
  it.each([changes, once, later, leased("/notes-fenced")])(
    "answers alike, whoever serves, is killed or frozen: $name",
    async (each) => {
      expect(await replay(fleet, each, { seeds: 2 })).toEqual([]);
    },
    120_000,
  );
});

describe("a module that keeps its state elsewhere is found:", () => {
  const hows = async (...of: Parameters<typeof replay>): Promise<readonly string[]> =>
    (await replay(...of)).map(({ how }) => how.replace(/ \(.*$/u, ""));

  it.each([draft("/in-memory"), draft("/in-file")])(
    "$name",
    async (each) => {
      const found = await hows(fleet, each, { seeds: 1 });
      expect(found).toContain("round robin");
      expect(found).toContain("kill after request 1");
    },
    60_000,
  );

  it("a job that lives in one process", async () => {
    expect(await hows(fleet, sticky, { seeds: 1, patienceMs: 3_000 })).toEqual(["kill after request 1"]);
  }, 60_000);

  it("a lease whose fence nobody looks at", async () => {
    expect(await hows(fleet, leased("/notes-unfenced"), { seeds: 1 })).toEqual(["freeze during request 1"]);
  }, 60_000);

  it("a file, whatever its path, where writing files is forbidden", async () => {
    const strict = await Fleet.start({ file, databaseUrl: database.url, instances: 1, files: "read-only" });
    try {
      const answer = await strict.call("none", "PUT", "/in-file", { body: { title: "x" } });
      expect(answer.status).toBe(500);
      expect(strict.instances[0]?.log).toContain("ERR_ACCESS_DENIED");
      expect((await strict.call("none", "PUT", "/in-memory", { body: { title: "x" } })).status).toBe(204);
    } finally {
      await strict.close();
    }
  }, 60_000);
});

describe("a fleet", () => {
  it("loses no request when an instance is drained under load, and goes on with a new one", async () => {
    const tenantId = await fleet.newTenant();
    const [first] = fleet.instances;
    if (first === undefined) throw new Error("no instance");
    const calls = Array.from({ length: 9 }, (_none, at) =>
      fleet.call(tenantId, "POST", "/notes-once", {
        body: { title: `n${at}` },
        headers: { "idempotency-key": `k${at}` },
      }),
    );
    await Promise.all([fleet.drain(first), fleet.add()]);
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ headers }) => headers[SERVED_BY])).size).toBeGreaterThan(1);
    const { body } = await fleet.call<Listed>(tenantId, "GET", "/notes?limit=0&totalRecords=exact");
    expect(body.totalRecords).toBe(9);
  }, 60_000);

  it("gives modules tokens that they verify: nobody gets past the gateway", async () => {
    const tenantId = await fleet.newTenant();
    const module = fleet.instances[0]?.modules.find(({ descriptor }) => descriptor.id === notes.id);
    const url = module?.url ?? "";
    expect((await fetch(`${url}/notes`, { headers: { "x-okapi-tenant": tenantId } })).status).toBe(401);
    expect((await fleet.call(tenantId, "GET", "/notes")).status).toBe(200);
  });
});
