import { randomUUID } from "node:crypto";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../index.ts";

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(users);
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);
const staff = "3684a786-6671-4268-8ed0-9db82ebca60b";
const undergrad = "bdc2b6d4-5ceb-4a12-ab46-249b9a68473e";
const home = "93d3d88d-499b-45d0-9bc7-ac73c3a19880";
const work = "1c4b225f-f669-4e9b-afcd-ebc0e273a34e";
const nobody = "00000000-0000-4000-8000-000000000000";

const created = async (user: object): Promise<{ readonly id: string }> => {
  const answer = await ask("POST /users", user);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as { readonly id: string };
};
const searched = async (query: string) => {
  const { status, body } = await ask(`GET /users?query=${encodeURIComponent(query)}`);
  const { users: found = [], totalRecords } = body as {
    readonly users?: readonly { readonly username?: string }[];
    readonly totalRecords?: number;
  };
  return { status, names: found.map(({ username = "" }) => username), totalRecords };
};
/** The first error: what it says and of which field. */
const errorOf = (body: unknown) => {
  const [error] = (body as { readonly errors?: readonly Said[] } | null)?.errors ?? [];
  return [error?.message ?? null, error?.parameters?.[0]?.key ?? null];
};
interface Said {
  readonly message: string;
  readonly parameters?: readonly { readonly key: string }[];
}

/** What mod-users' UsersAPIIT, GroupIT and AddressTypesIT claim of one user who is written. */
describe("a user", () => {
  const named = { lastName: "Ash" };
  const address = (addressTypeId: string) => ({ addressTypeId });
  const notADate = 'expirationDate is "someday": a date is 2024-12-31, or 2024-12-31T12:00:00.000Z';
  interface Claim {
    readonly user: Record<string, unknown>;
    readonly post: number;
    readonly put?: number;
    readonly says?: readonly [post: string, put: string, field: string];
  }
  const claims: Record<string, Claim> = {
    "may have nothing": { user: {}, post: 201 },
    "with all that a name has": {
      user: { personal: { firstName: "julia", preferredFirstName: "jules", lastName: "brockhurst" } },
      post: 201,
    },
    "with tags": { user: { tags: { tagList: ["foo", "bar"] } }, post: 201 },
    "of a group": { user: { patronGroup: staff }, post: 201 },
    "of no group that is there": {
      user: { patronGroup: nobody },
      post: 400,
      says: [
        `Cannot add ${nobody}. Patron group not found`,
        `Cannot add ${nobody}. Patron group not found`,
        "patronGroup",
      ],
    },
    "of a group that is no id": { user: { patronGroup: "staff" }, post: 422, put: 422 },
    "with two addresses": {
      user: { personal: { ...named, addresses: [address(home), address(work)] } },
      post: 201,
    },
    "with two addresses of one type": {
      user: { personal: { ...named, addresses: [address(home), address(home.toUpperCase())] } },
      post: 400,
    },
    "with an address of an unknown type": {
      user: { personal: { ...named, addresses: [address(nobody)] } },
      post: 400,
      says: [
        "You cannot add addresses with non-existent address types",
        "All addresses types defined for users must be existing",
        "personal.addresses.addressTypeId",
      ],
    },
    "with an address without a type": {
      user: { personal: { ...named, addresses: [{ city: "Oslo" }] } },
      post: 422,
      put: 422,
    },
    "born in the year 0": {
      user: { personal: { ...named, dateOfBirth: "0000-01-01" } },
      post: 400,
      says: [
        "dateOfBirth must be at least 0001-01-01",
        "dateOfBirth must be at least 0001-01-01",
        "personal.dateOfBirth",
      ],
    },
    "born at the end of the year 0": {
      user: { personal: { ...named, dateOfBirth: "0000-12-31" } },
      post: 400,
    },
    "born in the year 1": { user: { personal: { ...named, dateOfBirth: "0001-01-01" } }, post: 201 },
    "born in 1900": { user: { personal: { ...named, dateOfBirth: "1900-01-01" } }, post: 201 },
    "born in 2000": { user: { personal: { ...named, dateOfBirth: "2000-01-01" } }, post: 201 },
    "born on 1-1-1": { user: { personal: { ...named, dateOfBirth: "1-1-1" } }, post: 400 },
    "born on the 30th of February": {
      user: { personal: { ...named, dateOfBirth: "2000-02-30" } },
      post: 400,
    },
    "until someday": {
      user: { expirationDate: "someday" },
      post: 400,
      says: [notADate, notADate, "expirationDate"],
    },
    "without a last name": { user: { personal: { firstName: "Ann" } }, post: 422, put: 422 },
    "with a field that nobody knows": { user: { nickname: "Bo" }, post: 422, put: 422 },
    "who is a shadow with a picture": {
      user: { type: "shadow", personal: { ...named, profilePictureLink: "/link" } },
      post: 422,
      put: 422,
      says: [
        "Profile Picture feature is not applicable for user's type SHADOW",
        "Profile Picture feature is not applicable for user's type SHADOW",
        "personal.profilePictureLink",
      ],
    },
    "in a department that is not there": {
      user: { departments: [nobody] },
      post: 422,
      put: 400,
      says: [
        `Key (departments)=(${nobody}) is not present in table "departments".`,
        `Key (departments)=(${nobody}) is not present in table "departments".`,
        "departments",
      ],
    },
    "twice in one department": { user: { departments: [nobody, nobody] }, post: 422, put: 422 },
    "with a custom field that is not there": {
      user: { customFields: { "does-not-exist": "x" } },
      post: 422,
      put: 422,
      says: [
        "Custom field with refId does-not-exist is not found",
        "Custom field with refId does-not-exist is not found",
        "customFields",
      ],
    },
    "with a custom field that is empty": { user: { customFields: { "does-not-exist": "" } }, post: 201 },
  };

  it.each(Object.entries(claims))("%s", async (_claim, { user, post, put = post, says }) => {
    const posted = await ask("POST /users", user);
    expect(posted.status).toBe(post);
    const { id } = await created({});
    const replaced = await ask(`PUT /users/${id}`, { ...user, id });
    expect(replaced.status).toBe(put === 201 ? 204 : put);
    if (says === undefined) return;
    const [first, second, field] = says;
    expect([errorOf(posted.body), errorOf(replaced.body)]).toEqual([
      [first, field],
      [second, field],
    ]);
  });

  it.each([
    ["username", "User with this username already exists"],
    ["barcode", "This barcode has already been taken"],
    ["externalSystemId", "externalSystemId value already exists in table users: "],
  ])("has a %s that nobody else has", async (field, message) => {
    const value = `Ünique ${randomUUID()}`;
    await created({ [field]: value });
    const other = await created({});
    const posted = await ask("POST /users", { [field]: value.toUpperCase() });
    const replaced = await ask(`PUT /users/${other.id}`, { id: other.id, [field]: value.toLowerCase() });
    // 422 for one who is new, 400 for one who was there: as mod-users has it.
    expect([posted.status, replaced.status]).toEqual([422, 400]);
    for (const { body } of [posted, replaced])
      expect(errorOf(body)).toEqual([expect.stringContaining(message) as string, field]);
  });

  it("has an id that nobody else has, and keeps it", async () => {
    const { id } = await created({});
    const again = await ask("POST /users", { id });
    expect([again.status, ...errorOf(again.body)]).toEqual([422, "User with this id already exists", "id"]);
    for (const body of [{ id: nobody }, {}]) {
      const replaced = await ask(`PUT /users/${id}`, body);
      expect([replaced.status, ...errorOf(replaced.body)]).toEqual([
        400,
        "You cannot change the value of the id field",
        null,
      ]);
    }
  });

  it("is stored with dates in one form and a name without spaces around it", async () => {
    const { id } = await created({
      username: "  spacious ",
      enrollmentDate: "2020-10-07T04:00:00.000+0000",
      expirationDate: "2019-11-27",
      personal: { lastName: "Ash", dateOfBirth: "1951-03-17T01:00:00+02:00" },
    });
    const { body } = await ask(`GET /users/${id}`);
    expect(body).toMatchObject({
      username: "spacious",
      enrollmentDate: "2020-10-07T04:00:00.000+00:00",
      expirationDate: "2019-11-27T00:00:00.000+00:00",
      personal: { dateOfBirth: "1951-03-16T23:00:00.000+00:00" },
      createdDate: expect.stringMatching(/^\d{4}-.*\.\d{3}\+00:00$/u) as string,
      metadata: { createdDate: expect.any(String) as string },
    });
    await ask(`PUT /users/${id}`, { ...(body as object), username: "roomy" });
    const after = (await ask(`GET /users/${id}`)).body;
    expect(after).toMatchObject({
      username: "roomy",
      createdDate: (body as { readonly createdDate: string }).createdDate,
    });
  });

  it("is not found where there is none, and deleted once", async () => {
    const { id } = await created({ username: "gone" });
    const statuses = async (path: string) => [
      (await ask(`PUT ${path}`, { id: path.slice("/users/".length) })).status,
      (await ask(`DELETE ${path}`)).status,
      (await ask(`GET ${path}`)).status,
      (await ask(`DELETE ${path}`)).status,
    ];
    expect(await statuses(`/users/${id}`)).toEqual([204, 204, 404, 404]);
    expect(await statuses(`/users/${nobody}`)).toEqual([404, 404, 404, 404]);
    expect((await ask("GET /users/not-an-id")).status).toBe(400);
  });
});

describe("searching", () => {
  const people = [
    {
      username: "steve",
      active: true,
      patronGroup: staff,
      type: "staff",
      barcode: "9911",
      externalSystemId: "ext-77",
      expirationDate: "2031-01-01",
      personal: {
        firstName: "Stéphane",
        lastName: "Østergård",
        email: "st@example.org",
        middleName: "Quill",
      },
      tags: { tagList: ["urgent"] },
    },
    {
      username: "joanne",
      active: true,
      patronGroup: undergrad,
      type: "patron",
      personal: { firstName: "Joanne", preferredFirstName: "Jo", lastName: "Zeta", phone: "555-0100" },
    },
    { username: "jenna", active: false, type: "patron", personal: { lastName: "Alpha" } },
  ];
  let steveId = "";
  beforeAll(async () => {
    await ask("DELETE /users?query=cql.allRecords=1");
    for (const person of people) await created(person);
    const { body } = await ask("GET /users?query=username==steve");
    steveId = (body as { readonly users: readonly { readonly id: string }[] }).users[0]?.id ?? "";
  });

  const typed = (text: string) =>
    `(((username="${text}" or personal.firstName="${text}" or personal.lastName="${text}" or personal.email="${text}" or barcode="${text}" or id="${text}" or externalSystemId="${text}")) and active="true") sortby personal.lastName personal.firstName`;
  it.each<[query: string, names: readonly string[]]>([
    ['username=="steve"', ["steve"]],
    ['username=="STEVE"', ["steve"]],
    ["username==st*", ["steve"]],
    ['username=="*an*"', ["joanne"]],
    ['personal.firstName=="stephane"', ["steve"]],
    ['personal.lastName=="ostergard"', ["steve"]],
    ['personal.preferredFirstName=="jo"', ["joanne"]],
    ['personal.middleName=="quill"', ["steve"]],
    ['personal.phone=="555-0100"', ["joanne"]],
    ['barcode=="9911"', ["steve"]],
    ['externalSystemId=="ext-77"', ["steve"]],
    ["active=true sortby username", ["joanne", "steve"]],
    ['active=="false"', ["jenna"]],
    ["type==patron sortby username", ["jenna", "joanne"]],
    ["expirationDate>2030-06-01", ["steve"]],
    ["tags.tagList==urgent", ["steve"]],
    [typed("ste*"), ["steve"]],
    [typed("none*"), []],
    ['keywords="ste*"', ["steve"]],
    ['keywords all "steph oster*"', []],
    ['keywords all "stephane oster*"', ["steve"]],
    ['keywords="st@example.org"', ["steve"]],
    ['keywords="example"', ["steve"]],
    ['keywords="quill"', ["steve"]],
    ['keywords="9911"', ["steve"]],
    ['(keywords="jo*" and active==true)', ["joanne"]],
    [`patronGroup==${staff}`, ["steve"]],
    [`patronGroup==("${staff}" or "${undergrad}") sortby username`, ["joanne", "steve"]],
    ["patronGroup.group==staff", ["steve"]],
    ["patronGroup.group=undergrad", ["joanne"]],
    ["patronGroup.group=missing", []],
    ["cql.allRecords=1 sortby personal.lastName", ["jenna", "steve", "joanne"]],
    ["cql.allRecords=1 sortby personal.lastName/sort.descending", ["joanne", "steve", "jenna"]],
    ["cql.allRecords=1 not active==true", ["jenna"]],
    ["metadata.createdDate>2020-01-01 sortby username", ["jenna", "joanne", "steve"]],
  ])("%s", async (query, names) => {
    const found = await searched(query);
    const sorted = query.includes("lastName") ? found.names : found.names.toSorted();
    expect({ ...found, names: sorted }).toEqual({ status: 200, names, totalRecords: names.length });
  });

  it("in the order of their groups' names, page by page", async () => {
    await created({ username: "undone", patronGroup: undergrad, personal: { lastName: "Beta" } });
    const pages = async (query: string, limit: number) => {
      const names: string[] = [];
      for (let offset = 0; offset < 5; offset += limit) {
        const { body } = await ask(`GET /users?query=${query}&limit=${limit}&offset=${offset}`);
        expect(body).toMatchObject({ totalRecords: 4, resultInfo: { totalRecords: 4 } });
        const { users: found } = body as { readonly users: readonly { readonly username: string }[] };
        names.push(...found.map(({ username }) => username));
      }
      return names;
    };
    const groups = "cql.allRecords=1 sortby patronGroup.group";
    for (const limit of [1, 2, 3, 10]) {
      expect(await pages(`${groups} personal.lastName`, limit)).toEqual([
        "steve",
        "undone",
        "joanne",
        "jenna",
      ]);
      expect(await pages(`${groups}/sort.descending personal.lastName/sort.descending`, limit)).toEqual([
        "jenna",
        "joanne",
        "undone",
        "steve",
      ]);
    }
    expect((await searched(`(active==true sortby patronGroup.group`)).status).toBe(400);
    expect((await searched('username=="a sortby patronGroup.group" sortby username')).names).toEqual([]);
    await ask("DELETE /users?query=username==undone");
  });

  it("by an id", async () => {
    expect((await searched(`id=="${steveId}"`)).names).toEqual(["steve"]);
    expect((await searched(`keywords="${steveId}"`)).names).toEqual(["steve"]);
  });

  it.each<[query: string, status: number]>([
    ["username==", 400],
    ["username", 400],
    ["(username==a", 400],
    ['username=="a', 400],
    ["nickname==bo", 400],
    ["patronGroup.nickname==bo", 400],
    ["username==a sortby", 400],
    ["username==a' or '1'='1", 400],
    ['username=="\'; drop table users; --"', 200],
    ['username=="\\" or cql.allRecords=1 or username==\\""', 200],
    [`username=="${"*".repeat(50)}q${"*".repeat(50)}"`, 200],
    [`username=="${"*a".repeat(50)}"`, 400],
    [`${"(".repeat(300)}username==a${")".repeat(300)}`, 400],
    ["expirationDate prox 2", 400],
  ])("hostile or broken, %s", async (query, status) => {
    const found = await searched(query);
    expect([query, found.status]).toEqual([query, status]);
    expect(found.names).toEqual([]);
    expect((await searched("cql.allRecords=1")).totalRecords).toBe(3);
  });
});

it("many are deleted by a query, and nobody without one", async () => {
  const ids = await Promise.all(
    ["1234", "201", "1999"].map(async (username) => (await created({ username })).id),
  );
  expect((await ask(`DELETE /users?query=${encodeURIComponent('username == "1*"')}`)).status).toBe(204);
  const statuses = await Promise.all(ids.map(async (id) => (await ask(`GET /users/${id}`)).status));
  expect(statuses).toEqual([404, 200, 404]);
  expect((await ask("DELETE /users")).status).toBe(400);
  expect((await ask("DELETE /users?query=username==")).status).toBe(400);
  expect((await searched("username==201")).totalRecords).toBe(1);
});

it("whoever has expired is inactive when the timer comes, and nobody else", async () => {
  const past = await created({ username: "past", active: true, expirationDate: "2000-01-01T12:00:00Z" });
  const long = await created({ username: "long", active: true, expirationDate: "2999-01-01" });
  const ever = await created({ username: "ever", active: true });
  expect((await ask("POST /users/expire/timer")).status).toBe(204);
  const active = async ({ id }: { readonly id: string }) =>
    ((await ask(`GET /users/${id}`)).body as { readonly active: boolean }).active;
  expect([await active(past), await active(long), await active(ever)]).toEqual([false, true, true]);
  expect((await ask("POST /users/outbox/process")).status).toBe(200);
});
