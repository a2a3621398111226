import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { askingUserId, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tags } from "./index.ts";

let running: ModuleOfTenant;
const unknown = "00000000-0000-4000-8000-000000000000";

beforeAll(async () => {
  running = await moduleOfTenant(tags);
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);

interface Tag {
  readonly id: string;
  readonly label: string;
}
const list = async (parameters: string): Promise<readonly Tag[]> =>
  ((await ask(`GET /tags?${parameters}`)).body as { tags: readonly Tag[] }).tags;
const posted = async (body: object): Promise<Tag> => (await ask("POST /tags", body)).body as Tag;
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });

it("a new tenant has the tags that mod-tags ships", async () => {
  const { body } = await ask("GET /tags?query=cql.allRecords=1 sortby label");
  expect(body).toMatchObject({
    tags: [{ label: "important" }, { label: "urgent", description: "Requires urgent attention" }],
    totalRecords: 2,
  });
});

/** The claims of mod-tags's own TagsApiTest (5bcc2a0), where ours are other ones with the reason in docs/compatibility.md. */
describe("/tags", () => {
  beforeEach(async () => {
    for (const { id } of await list("")) await ask(`DELETE /tags/${id}`);
  });

  it("is an empty list at first", async () => {
    expect((await ask("GET /tags")).body).toEqual({ tags: [], totalRecords: 0 });
  });

  it("keeps a tag, and says where it is and who made it", async () => {
    const answer = await ask("POST /tags", { label: "First tag", description: "Test" });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/u) as string,
      label: "First tag",
      description: "Test",
      metadata: {
        createdDate: expect.stringMatching(/T.*\+00:00$/u) as string,
        createdByUserId: askingUserId,
        updatedDate: expect.any(String) as string,
        updatedByUserId: askingUserId,
      },
    });
    expect(answer.location).toBe(`/tags/${(answer.body as Tag).id}`);
    expect((await ask(`GET ${answer.location}`)).body).toEqual(answer.body);
    expect((await ask("GET /tags")).body).toEqual({ tags: [answer.body], totalRecords: 1 });
  });

  it("is found by its label without regard to capitals, in pages, in an order", async () => {
    for (const label of ["important", "asap", "Urgent", "Été"]) await posted({ label });
    const labels = async (parameters: string) => (await list(parameters)).map(({ label }) => label);
    expect(await labels("query=label=ASAP")).toEqual(["asap"]);
    expect(await labels("query=label==urg*")).toEqual(["Urgent"]);
    expect(await labels("query=label==ete")).toEqual([]);
    expect(await labels("query=(cql.allRecords=1) sortby label/sort.descending&limit=2&offset=1")).toEqual([
      "Urgent",
      "important",
    ]);
    expect((await ask("GET /tags?limit=0")).body).toEqual({ tags: [], totalRecords: 4 });
    expect((await ask("GET /tags?limit=1&lang=en")).body).toMatchObject({ totalRecords: 4 });
  });

  it("changes a tag with all that its clients send back", async () => {
    const tag = await posted({ label: "important" });
    expect(await ask(`PUT /tags/${tag.id}`, { ...tag, label: "updated" })).toMatchObject({
      status: 204,
      body: null,
    });
    expect((await ask(`GET /tags/${tag.id}`)).body).toMatchObject({ id: tag.id, label: "updated" });
    expect(await ask(`DELETE /tags/${tag.id}`)).toMatchObject({ status: 204, body: null });
    expect((await ask(`GET /tags/${tag.id}`)).status).toBe(404);
  });

  it("has a label once; capitals and accents count", async () => {
    const [first, second] = [await posted({ label: "Tag" }), await posted({ label: "tag" })];
    const message = "label value already exists in table tags: Tag";
    expect(await ask("POST /tags", { label: "Tag" })).toMatchObject({ status: 422, body: saying(message) });
    expect(await ask(`PUT /tags/${second.id}`, { label: "Tag" })).toMatchObject({
      status: 422,
      body: saying(message),
    });
    expect((await list("")).map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
  });

  it.each<[string, unknown, number, string]>([
    [`GET /tags/${unknown}`, undefined, 404, "is not found"],
    [`PUT /tags/${unknown}`, { label: "x" }, 404, "is not found"],
    [`DELETE /tags/${unknown}`, undefined, 404, "is not found"],
    ["GET /tags/invalid-uuid", undefined, 400, "Invalid UUID format of id"],
    ["PUT /tags/invalid-uuid", { label: "x" }, 400, "Invalid UUID format of id"],
    ["DELETE /tags/invalid-uuid", undefined, 400, "Invalid UUID format of id"],
    ["GET /tags?offset=-1", undefined, 400, "offset"],
    ["GET /tags?limit=-1", undefined, 400, "limit"],
    ["GET /tags?limit=2147483648", undefined, 400, "limit"],
    ["GET /tags?limit=ten", undefined, 400, "limit"],
    ["GET /tags?totalRecords=some", undefined, 400, "totalRecords"],
    ["GET /tags?query=label==", undefined, 400, "the query ends (at 7)"],
    ["GET /tags?query=colour==red", undefined, 400, 'no index "colour" (at 6)'],
    ["GET /tags?query=label=re*d", undefined, 422, "(at 6)"],
    ["POST /tags", {}, 422, "label must not be null"],
    ["POST /tags", { label: "x".repeat(256) }, 422, "label"],
    ["POST /tags", { label: "x", colour: "red" }, 422, "colour is not known"],
    ["POST /tags", { label: "x", id: "7" }, 422, "id"],
    ["POST /tags", { label: "a\0b" }, 422, "PostgreSQL cannot"],
  ])("%s %j is refused with %i", async (request, body, status, message) => {
    const answer = await ask(request, body);
    expect(answer).toMatchObject({ status, body: saying(message) });
    expect(answer.body).toHaveProperty("total_records");
  });
});

describeWithFolio("the descriptor of mod-tags 2.2.0", () => {
  const ours = descriptorOf(tags) as ComparedDescriptor; // as: what a descriptor is

  it("has the interface, the routes and the permissions that ours has", () => {
    const real = realDescriptor("mod-tags");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });

  it("names no route that ours does not answer", async () => {
    const answers = await Promise.all(
      routesOf(realDescriptor("mod-tags")).map(async (route) => {
        const [, method = "", path = ""] = /^\S+ \S+ (\S+) (\S+):/u.exec(route) ?? [];
        const body = method === "POST" || method === "PUT" ? { label: `of ${method}` } : undefined;
        return `${method} ${(await ask(`${method} ${path.replace("{id}", unknown)}`, body)).status}`;
      }),
    );
    expect(answers.toSorted()).toEqual(["DELETE 404", "GET 200", "GET 404", "POST 201", "PUT 404"]);
  });
});
