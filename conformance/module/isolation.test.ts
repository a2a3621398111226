import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { type FlowAnswer, flow, replay } from "@octavo/module-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlacedFleet, places, startAt } from "./places.ts";
import { shelf1 } from "./six-modules.ts";

/** One tenant's user tries to reach another tenant's rows, over HTTP, past the gateway and through it. Everything that he is answered is searched
 * for what only the other may see. */

const NOTHING = { status: 200, body: { books: [], totalRecords: 0 } };
const CANARY = "the diary of Ada";
const file = new URL("six-modules.ts", import.meta.url);

interface Book {
  readonly id: string;
  readonly title: string;
}

describe.each(places)("tenants in $name", (place) => {
  let placed: PlacedFleet;
  let ada = "";
  let bob = "";
  let book: Book;
  const seen: string[] = [];

  beforeAll(async () => {
    placed = await startAt(place, { file, instances: 2 });
    [ada, bob] = await Promise.all([placed.fleet.newTenant(), placed.fleet.newTenant()]);
    const made = await placed.fleet.call<Book>(ada, "POST", "/shelf1/books", {
      body: { title: CANARY, text: CANARY },
    });
    book = made.body;
  }, 180_000);
  afterAll(() => placed.close(), 60_000);

  /** As Bob's user, through the gateway. */
  const asBob = async (method: string, path: string, body?: object): Promise<FlowAnswer> => {
    const answer = await placed.fleet.call(bob, method, path, body === undefined ? {} : { body });
    seen.push(JSON.stringify(answer));
    return answer;
  };
  /** Straight to an instance, with these headers only. */
  const past = async (headers: Record<string, string>, path = "/shelf1/books"): Promise<number> => {
    const module = placed.fleet.instances[0]?.modules.find(({ descriptor }) => descriptor.id === shelf1.id);
    const answer = await fetch(`${module?.url}${path}`, { headers });
    seen.push(await answer.text());
    return answer.status;
  };

  it("ids of another are not found, and are free", async () => {
    const path = `/shelf1/books/${book.id}`;
    expect((await asBob("GET", path)).status).toBe(404);
    expect((await asBob("PUT", path, { ...book, title: "stolen" })).status).toBe(404);
    expect((await asBob("DELETE", path)).status).toBe(404);
    expect((await asBob("POST", "/shelf1/books", { id: book.id, title: "of Bob" })).status).toBe(201);
    expect((await asBob("GET", path)).body).toMatchObject({ title: "of Bob" });
    expect((await asBob("DELETE", path)).status).toBe(204);
    const { body } = await placed.fleet.call<Book>(ada, "GET", path);
    expect(body).toMatchObject({ ...book, title: CANARY });
  });

  it.each([
    "",
    "cql.allRecords=1",
    'title=="*"',
    `title=="x' or '1'='1"`,
    `title=="x') union select jsonb from ADA.book --"`,
    `text="$1; set role ADA"`,
    `title=="\\' or 1=1 --"`,
    "title' or 1=1--==x",
    `ADA.book.title==x`,
    'cql.allRecords=1 sortby title;reset"role',
    "cql.allRecords=1 sortby (select/sort.descending",
  ])("searching for %s gives nothing of another", async (text) => {
    const cql = text.replaceAll("ADA", `${ada}_octavo_shelf1`);
    const answer = await asBob("GET", `/shelf1/books?query=${encodeURIComponent(cql)}&totalRecords=exact`);
    const isRefused = answer.status === 400 || answer.status === 422;
    expect(isRefused ? NOTHING : answer).toMatchObject(NOTHING);
  });

  it("what is bound stays a value: names, keys and documents that look like SQL", async () => {
    const title = `'; drop table book; set role "${ada}_octavo_shelf1"; --`;
    expect((await asBob("POST", "/shelf1/books", { title })).status).toBe(201);
    const found = await asBob(
      "GET",
      `/shelf1/books?query=${encodeURIComponent(`title==${JSON.stringify(title)}`)}`,
    );
    expect(found.body).toMatchObject({ books: [{ title }] });
    const keyed = await placed.fleet.call(bob, "POST", "/shelf1/arrivals", {
      body: { title: "keyed" },
      headers: { "idempotency-key": "' || (select answer from octavo_request_key) || '" },
    });
    expect(keyed.status).toBe(201);
  });

  it("a key of another tenant's request is another key", async () => {
    const options = { body: { title: "once" }, headers: { "idempotency-key": "the same" } };
    const [one, two] = [
      await placed.fleet.call<Book>(ada, "POST", "/shelf1/arrivals", options),
      await placed.fleet.call<Book>(bob, "POST", "/shelf1/arrivals", options),
    ];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body.id).not.toBe(one.body.id);
  });

  it("nobody comes past the gateway with headers alone, or with a token that is not its own", async () => {
    const { tokens } = placed.fleet.gateway;
    const good = tokens.tokenFor(bob, randomUUID());
    const [head = "", claims = "", signature = ""] = good.split(".");
    const decoded = JSON.parse(Buffer.from(claims, "base64url").toString()) as object; // claims of a token
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const adas = encode({ ...decoded, tenant: ada });
    const { privateKey } = generateKeyPairSync("ed25519");
    const resigned = `${head}.${adas}.${sign(null, Buffer.from(`${head}.${adas}`), privateKey).toString("base64url")}`;
    const token = (value: string): Record<string, string> => ({
      "x-okapi-token": value,
      "x-okapi-tenant": ada,
    });
    const attempts: readonly (readonly [Record<string, string>, number])[] = [
      [{ "x-okapi-tenant": ada }, 401],
      [
        {
          "x-okapi-tenant": ada,
          "x-okapi-user-id": randomUUID(),
          "x-okapi-permissions": '["shelf1.books.collection.get"]',
        },
        401,
      ],
      [token(good), 400], // a token of Bob's, a header of Ada's
      [token(`${head}.${adas}.${signature}`), 401],
      [token(resigned), 401],
      [token(`${encode({ alg: "none", typ: "at+jwt" })}.${adas}.`), 401],
      [token(`${encode({ alg: "HS256", typ: "at+jwt" })}.${adas}.${signature}`), 401],
      [{ "x-okapi-token": good, "x-okapi-tenant": `${bob}, ${ada}` }, 400],
      [{ "x-okapi-token": `${good}, ${good}` }, 401],
    ];
    for (const [headers, status] of attempts)
      expect([headers, await past(headers)]).toEqual([headers, status]);
    expect(await past({ "x-okapi-token": good }), "Bob's own").toBe(200);
  });

  it("a tenant that has not the module, or is no name, is nobody", async () => {
    for (const tenantId of [
      "nobody",
      `${ada}_octavo`,
      "public",
      "pg_catalog",
      `${bob}"; set role "${ada}_octavo_shelf1`,
    ]) {
      const status = await past({ "x-okapi-token": placed.fleet.gateway.tokens.tokenFor(tenantId, null) });
      expect([tenantId, status >= 400]).toEqual([tenantId, true]);
    }
  });

  it("answers alike, whoever serves and is killed", async () => {
    const shelve = flow("a book is shelved once, found, changed", async ({ call }) => {
      await call("POST", "/shelf1/arrivals", { body: { title: "A book" }, repeats: true });
      const { body } = await call<{ books: readonly Book[] }>("GET", '/shelf1/books?query=title=="A book"');
      const [found] = body.books;
      await call("PUT", `/shelf1/books/${found?.id}`, { body: { ...found, text: "read" } });
      await call("GET", `/shelf1/books?query=text=read`);
    });
    expect(await replay(placed.fleet, shelve, { seeds: 1 })).toEqual([]);
  }, 180_000);

  it("nothing of another was in any answer", () => {
    expect(seen.length).toBeGreaterThan(30);
    expect(seen.filter((text) => text.includes(CANARY))).toEqual([]);
  });
});
