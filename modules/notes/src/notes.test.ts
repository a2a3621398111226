import { randomUUID } from "node:crypto";
import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { askingUserId, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  modulePermissionsOf,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { notes } from "./index.ts";
import { type FakeGateway, fakeGateway } from "./testing/fake-gateway.ts";

const unknown = "00000000-0000-4000-8000-000000000000";
let running: ModuleOfTenant;
let gateway: FakeGateway;
beforeAll(async () => {
  [running, gateway] = await Promise.all([moduleOfTenant(notes), fakeGateway()]);
});
afterAll(async () => {
  await running.close();
  await gateway.close();
});

interface Kept {
  readonly id: string;
  readonly title?: string;
  readonly name?: string;
  readonly links?: readonly object[];
}
const ask = (request: string, body?: unknown) =>
  running.ask(request, body, { headers: { "x-okapi-url": gateway.url } });
const made = async (request: string, body: object): Promise<Kept> => {
  const answer = await ask(request, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as Kept;
};
const listed = async (path: string): Promise<readonly Kept[]> =>
  ((await ask(`GET ${path}`)).body as { notes: readonly Kept[] }).notes;
const titles = async (path: string) => (await listed(path)).map(({ title }) => title);
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });
const setLimit = (value: string | undefined) =>
  gateway.answers.set("/configurations/entries", { configs: [{ value }], totalRecords: 1 });

let type: Kept;
const link = { id: "18-2356521", type: "package" };
const other = { id: "19-2356521-758038", type: "resource" };
const note = (more: object = {}) => ({ typeId: type.id, title: "T", domain: "eholdings", ...more });
const posted = (more: object = {}) => made("POST /notes", note(more));

beforeEach(async () => {
  gateway.answers.clear();
  const { noteTypes } = (await ask("GET /note-types")).body as { noteTypes: readonly Kept[] };
  await Promise.all(noteTypes.map(({ id }) => ask(`DELETE /note-types/${id}`)));
  type = await made("POST /note-types", { name: "High Priority" });
});

/** The claims of mod-notes 5.2's own NoteTypesControllerIT and NotesControllerIT; where ours are other ones the reason is in
 * docs/compatibility.md. */
describe("note types", () => {
  it("are kept, told with their usage, renamed, and deleted with their notes", async () => {
    const answer = await ask("POST /note-types", { name: "First" });
    const first = answer.body as Kept;
    expect(answer).toMatchObject({
      location: `/note-types/${first.id}`,
      body: { name: "First", metadata: { createdByUserId: askingUserId } },
    });
    const { id } = await posted();
    expect(
      (await ask("GET /note-types?query=(cql.allRecords=1) sortby name/sort.descending")).body,
    ).toMatchObject({
      noteTypes: [
        { name: "High Priority", usage: { isAssigned: true } },
        { name: "First", usage: { isAssigned: false } },
      ],
      totalRecords: 2,
    });
    expect((await ask("GET /note-types?query=name==first&limit=1")).body).toMatchObject({ totalRecords: 1 });
    const renamed = { ...first, name: "Renamed", usage: { isAssigned: false } };
    expect((await ask(`PUT /note-types/${first.id}`, renamed)).status).toBe(204);
    expect((await ask(`GET /note-types/${first.id}`)).body).toMatchObject({
      name: "Renamed",
      usage: { isAssigned: false },
    });
    expect((await ask(`DELETE /note-types/${type.id}`)).status).toBe(204);
    expect((await ask(`GET /notes/${id}`)).status).toBe(404);
  });

  it("have a name once", async () => {
    const second = await made("POST /note-types", { name: "Second" });
    const taken = { status: 422, body: saying("Key (name)=(High Priority) already exists") };
    expect(await ask("POST /note-types", { name: "High Priority" })).toMatchObject(taken);
    expect(await ask(`PUT /note-types/${second.id}`, { name: "High Priority" })).toMatchObject(taken);
  });

  it("are as many as the library's setting says, also when they come at once", async () => {
    setLimit("3");
    const answers = await Promise.all(["a", "b", "c", "d"].map((name) => ask("POST /note-types", { name })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject(
      saying("Maximum number of note types allowed is 3"),
    );
  });

  it.each<[string, () => void]>([
    [
      "nothing is set",
      () => gateway.answers.set("/configurations/entries", { configs: [], totalRecords: 0 }),
    ],
    ["the setting is empty", () => setLimit(undefined)],
    ["the setting is no number", () => setLimit("many")],
    ["configuration is refused", () => gateway.answers.set("/configurations/entries", 403)],
    ["configuration fails", () => gateway.answers.set("/configurations/entries", 500)],
  ])("are 25 where %s", async (_what, arrange) => {
    arrange();
    for (let count = 1; count < 25; count += 1) await made("POST /note-types", { name: `n${count}` });
    expect(await ask("POST /note-types", { name: "one more" })).toMatchObject({
      status: 422,
      body: saying("Maximum number of note types allowed is 25"),
    });
  });
});

describe("a note", () => {
  const user = {
    username: "mockuser9",
    personal: { lastName: "Mockerson", firstName: "Mockey", phone: "1" },
  };
  const names = {
    createdByUserId: askingUserId,
    createdByUsername: "mockuser9",
    createdBy: { lastName: "Mockerson", firstName: "Mockey" },
    updatedByUsername: "mockuser9",
  };

  it("is kept clean, and told with its type and who wrote it", async () => {
    gateway.answers.set(`/users/${askingUserId}`, user);
    const sent = note({
      content: "<p onclick=x()>a<script>b</script></p>",
      links: [link, link],
      type: "sent along",
    });
    const answer = await ask("POST /notes", sent);
    const { id } = answer.body as Kept;
    expect(answer).toMatchObject({ status: 201, location: `/notes/${id}` });
    const expected = {
      ...sent,
      id,
      type: "High Priority",
      content: "<p>a</p>",
      links: [link],
      popUpOnUser: false,
      popUpOnCheckOut: false,
      metadata: names,
    };
    expect(answer.body).toMatchObject(expected);
    expect(JSON.stringify(answer.body)).not.toContain("phone");
    expect((await ask(`GET /notes/${id}`)).body).toMatchObject(expected);
  });

  it.each([404, 403, 500])("is told without names where users answers %i", async (status) => {
    gateway.answers.set(`/users/${askingUserId}`, status);
    const { id } = await posted();
    const { body } = await ask(`GET /notes/${id}`);
    expect(body).toMatchObject({ id, metadata: { createdByUserId: askingUserId } });
    expect(JSON.stringify(body)).not.toContain("createdByUsername");
  });

  it("is changed in what the client names, and deleted when it is about nothing", async () => {
    const second = await made("POST /note-types", { name: "test note" });
    const { id } = await posted({ content: "stays", links: [link] });
    const change = note({ title: "New", typeId: second.id, links: [other], content: undefined });
    expect((await ask(`PUT /notes/${id}`, change)).status).toBe(204);
    expect((await ask(`GET /notes/${id}`)).body).toMatchObject({
      title: "New",
      type: "test note",
      content: "stays",
      links: [other],
      metadata: { updatedByUserId: askingUserId },
    });
    expect((await ask(`PUT /notes/${id}`, { ...change, typeId: unknown })).status).toBe(422);
    expect((await ask(`PUT /notes/${id}`, { ...change, links: [] })).status).toBe(204);
    expect((await ask(`GET /notes/${id}`)).status).toBe(404);
  });

  it("is found by title, domain, type and what it is about, in pages and an order", async () => {
    for (const title of ["First", "Second", "Third"])
      await posted({ title, links: [{ ...link, id: title }] });
    const found = (query: string) => titles(`/notes?query=${encodeURIComponent(query)}`);
    expect(await found("title==First")).toEqual(["First"]);
    expect(await found(`type.id=${type.id} and title=second`)).toEqual(["Second"]);
    expect(await found(`type.name=="High Priority" and title=Third`)).toEqual(["Third"]);
    expect(await found("domain==eholdings sortby title/sort.descending")).toEqual([
      "Third",
      "Second",
      "First",
    ]);
    expect(await found("links==/@type=package Second")).toEqual(["Second"]);
    const page = await ask(
      "GET /notes?limit=1&offset=1&query=(cql.allRecords=1)sortby title/sort.descending",
    );
    expect(page.body).toMatchObject({ notes: [{ title: "Second", type: "High Priority" }], totalRecords: 3 });
  });
});

describe("notes of one thing", () => {
  const of = ({ id, type: kind }: typeof link) => `/note-links/type/${kind}/id/${id}`;
  const change = (ids: readonly string[], status: string) =>
    ask(`PUT ${of(link)}`, { notes: ids.map((id) => ({ id, status })) });
  const path = (parameters: string, domain = "eholdings") =>
    `/note-links/domain/${domain}/type/package/id/${link.id}?${parameters}`;

  it("are assigned and unassigned, again without harm; a note of nothing is deleted", async () => {
    const [one, two] = [
      await posted({ title: "1", links: [other] }),
      await posted({ title: "2", links: [other] }),
    ];
    const ids = [one.id, two.id];
    const linksOf = async () =>
      (await listed("/notes?query=cql.allRecords=1 sortby title")).map(({ links }) => links);
    for (const list of [[...ids, unknown], ids]) expect((await change(list, "ASSIGNED")).status).toBe(204);
    expect(await linksOf()).toEqual([
      [other, link],
      [other, link],
    ]);
    expect(await titles(path("status=assigned&orderBy=title"))).toEqual(["1", "2"]);
    for (const list of [[one.id, unknown], [one.id]])
      expect((await change(list, "UNASSIGNED")).status).toBe(204);
    expect(await linksOf()).toEqual([[other], [other, link]]);
    expect(await titles(path("status=unassigned"))).toEqual(["1"]);
    expect((await change([], "ASSIGNED")).status).toBe(204);
    expect((await ask(`PUT /notes/${two.id}`, note({ title: "2", links: [link] }))).status).toBe(204);
    expect((await change([two.id], "UNASSIGNED")).status).toBe(204);
    expect(await titles("/notes")).toEqual(["1"]);
  });

  it("are searched, sorted and in pages", async () => {
    const second = await made("POST /note-types", { name: "A test note" });
    await posted({ title: "Title ABC", content: "<p>test content</p><p>zztest</p>", links: [link] });
    await posted({ title: "Title abcd 50% (x)", content: "<li>b</li>", typeId: second.id });
    await posted({ title: "Another", content: "a" });
    await posted({ title: "Elsewhere", domain: "orders" });
    const [abc, abcd, another] = ["Title ABC", "Title abcd 50% (x)", "Another"];
    const cases: readonly [string, readonly (string | undefined)[]][] = [
      ["orderBy=title", [another, abc, abcd]],
      ["orderBy=title&order=desc", [abcd, abc, another]],
      ["orderBy=content&order=desc", [abcd, abc, another]],
      ["orderBy=noteType", [abcd, another, abc]],
      ["orderBy=noteType&order=desc", [another, abc, abcd]],
      ["orderBy=updatedDate", [another, abcd, abc]],
      ["orderBy=updatedDate&order=asc", [abc, abcd, another]],
      ["orderBy=title&limit=1&offset=1", [abc]],
      ["orderBy=title&search=aBc", [abc, abcd]],
      ["search=contentzz", [abc]],
      ["search=<p>", []],
      [`search=${encodeURIComponent("50% (")}`, [abcd]],
      [`search=${encodeURIComponent("5_%")}`, []],
      ["noteType=A test note", [abcd]],
      ["orderBy=title&noteType=A test note&noteType=High Priority", [another, abc, abcd]],
      ["status=assigned", [abc]],
      ["status=unassigned&orderBy=title", [another, abcd]],
      ["status=all&search=title&noteType=High Priority", [abc]],
    ];
    for (const [parameters, expected] of cases) {
      expect([parameters, await titles(path(parameters))]).toEqual([parameters, expected]);
    }
    expect((await ask(`GET ${path("limit=1")}`)).body).toMatchObject({ totalRecords: 3 });
    expect((await ask(`GET ${path("", "nowhere")}`)).body).toEqual({ notes: [], totalRecords: 0 });
  });
});

it.each<[string, object | undefined, number, string]>([
  [`GET /notes/${unknown}`, undefined, 404, `Note with ID [${unknown}] was not found`],
  [
    `PUT /notes/${unknown}`,
    { typeId: unknown, title: "x", domain: "x", links: [link] },
    404,
    "was not found",
  ],
  [`DELETE /notes/${unknown}`, undefined, 404, "was not found"],
  [`GET /note-types/${unknown}`, undefined, 404, `Note type with ID [${unknown}] was not found`],
  [`PUT /note-types/${unknown}`, { name: "x" }, 404, "was not found"],
  [`DELETE /note-types/${unknown}`, undefined, 404, "was not found"],
  ["GET /notes/invalid-uuid", undefined, 400, "Invalid UUID"],
  ["GET /note-types/invalid-uuid", undefined, 400, "Invalid UUID"],
  ["GET /notes?limit=0", undefined, 400, "limit"],
  ["GET /note-types?offset=-1", undefined, 400, "offset"],
  ["GET /notes?query=!invalid-cql!", undefined, 400, "CQL"],
  ["POST /notes", { title: "x", domain: "x" }, 422, "typeId must not be null"],
  ["POST /notes", { title: "x", typeId: unknown }, 422, "domain must not be null"],
  ["POST /notes", { title: "x", typeId: unknown, domain: "x" }, 422, "does not exist in note_type"],
  ["POST /notes", { title: "x".repeat(256), typeId: unknown, domain: "x" }, 422, "title"],
  ["POST /note-types", {}, 422, "name must not be null"],
  ["GET /note-links/domain/d/type/t/id/i?order=wrong", undefined, 400, "order"],
  ["GET /note-links/domain/d/type/t/id/i?orderBy=wrong", undefined, 400, "orderBy"],
  ["GET /note-links/domain/d%00/type/t/id/i", undefined, 400, "domain"],
  ["GET /note-links/domain/d/type/t/id/i?search=%00", undefined, 400, "search"],
  ["PUT /note-links/type/t%00/id/i", { notes: [] }, 400, "type"],
  ["PUT /note-links/type/t/id/i", { notes: [{ id: unknown, status: "MAYBE" }] }, 422, "status"],
])("%s %j is refused with %i", async (request, body, status, message) => {
  expect(await ask(request, body)).toMatchObject({ status, body: saying(message) });
});

it("a note keeps the id that it brings", async () => {
  const id = randomUUID();
  expect(await posted({ id })).toMatchObject({ id });
});

describeWithFolio("the descriptor of mod-notes 5.2.0", () => {
  it("has the interface, the routes and the permissions that ours has", () => {
    const ours = descriptorOf(notes) as ComparedDescriptor; // as: what a descriptor is
    const real = realDescriptor("mod-notes");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
    expect(modulePermissionsOf(ours)).toEqual(modulePermissionsOf(real));
  });
});
