import { randomUUID } from "node:crypto";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { routesWithoutAnswer } from "@octavo/testing/every-route";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { realDescriptor } from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "./index.ts";

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(users);
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);
const nobody = "00000000-0000-4000-8000-000000000000";
const idOf = async (request: string, body: object): Promise<string> => {
  const answer = await ask(request, body);
  expect(answer).toMatchObject({ status: 201 });
  return (answer.body as { readonly id: string }).id;
};
const saying = (message: string, key?: string) => ({
  errors: [{ message, ...(key !== undefined && { parameters: [{ key }] }) }],
});

/** Each of the four kinds of records besides users: what mod-users' tests of groups, address types, departments and proxies claim of all. */
describe.each([
  ["groups", "usergroups", { group: "Readers", desc: "d" }, "group"],
  ["addresstypes", "addressTypes", { addressType: "Second home", desc: "d" }, "addressType"],
  ["departments", "departments", { name: "Accounting", code: "ACC", source: "System" }, "name"],
])("/%s", (path, listName, record, field) => {
  it("are written, found, changed and deleted", async () => {
    const id = await idOf(`POST /${path}`, record);
    expect((await ask(`GET /${path}/${id}`)).body).toMatchObject({ ...record, id });
    const query = encodeURIComponent(`${field}=="${String(Reflect.get(record, field))}"`);
    expect((await ask(`GET /${path}?query=${query}`)).body).toMatchObject({
      [listName]: [{ id }],
      totalRecords: 1,
    });
    expect((await ask(`PUT /${path}/${id}`, { ...record, [field]: "Changed" })).status).toBe(204);
    expect((await ask(`GET /${path}/${id}`)).body).toMatchObject({ id, [field]: "Changed" });
    expect((await ask(`POST /${path}`, { ...record, code: "X", [field]: "CHANGED" })).status).toBe(422);
    expect((await ask(`DELETE /${path}/${id}`)).status).toBe(204);
    const gone = [
      await ask(`GET /${path}/${id}`),
      await ask(`PUT /${path}/${id}`, record),
      await ask(`DELETE /${path}/${id}`),
      await ask(`POST /${path}`, {}),
      await ask(`GET /${path}?query=${field}==`),
      await ask(`GET /${path}/invalid-id`),
      await ask(`DELETE /${path}/invalid-id`),
    ];
    expect(gone.map(({ status }) => status)).toEqual([404, 404, 404, 422, 400, 400, 400]);
  });
});

it("a group, an address type and a department that somebody has stay", async () => {
  const [group, addressType, department] = [
    await idOf("POST /groups", { group: "Used" }),
    await idOf("POST /addresstypes", { addressType: "Used" }),
    await idOf("POST /departments", { name: "Used", code: "USED" }),
  ];
  const user = await idOf("POST /users", {
    patronGroup: group,
    departments: [department],
    personal: { lastName: "Ash", addresses: [{ addressTypeId: addressType }] },
  });
  const deleteAll = () =>
    Promise.all(
      [`groups/${group}`, `addresstypes/${addressType}`, `departments/${department}`].map((path) =>
        ask(`DELETE /${path}`),
      ),
    );
  const refused = await deleteAll();
  expect(refused.map(({ status, body }) => [status, body])).toMatchObject([
    [400, saying(`Cannot delete groups.id = ${group} because id is still referenced from table users.`)],
    [400, saying(`Cannot remove address type '${addressType}' as it is being used`)],
    [
      400,
      saying(`Cannot delete departments.id = ${department} because id is still referenced from table users.`),
    ],
  ]);
  expect((await ask(`GET /departments/${department}`)).body).toMatchObject({ usageNumber: 1 });
  await ask(`DELETE /users/${user}`);
  expect((await ask(`GET /departments?query=code==USED`)).body).toMatchObject({
    departments: [{ usageNumber: 0 }],
    totalRecords: 1,
  });
  expect((await deleteAll()).map(({ status }) => status)).toEqual([204, 204, 204]);
});

it("a department that is being deleted gets no user, and one that gets a user stays", async () => {
  for (let round = 0; round < 10; round += 1) {
    const department = await idOf("POST /departments", { name: `Race ${round}`, code: `R${round}` });
    const [deleted, written] = await Promise.all([
      ask(`DELETE /departments/${department}`),
      ask("POST /users", { departments: [department] }),
    ]);
    expect([
      [204, 422],
      [400, 201],
    ]).toContainEqual([deleted.status, written.status]);
  }
});

it("departments are there once by name and by code, whatever they are called", async () => {
  const odd = { name: "<script>alert(1)</script>", code: "bar&pi;" };
  const id = await idOf("POST /departments", { ...odd, usageNumber: 99 });
  expect((await ask(`GET /departments/${id}`)).body).toMatchObject({ ...odd, usageNumber: 0 });
  const other = await idOf("POST /departments", { name: "n2", code: "c2" });
  const claims: readonly [request: string, body: object, field: string][] = [
    ["POST /departments", { ...odd, id, name: "x", code: "x" }, "id"],
    ["POST /departments", { ...odd, code: "x" }, "name"],
    ["POST /departments", { ...odd, name: "x" }, "code"],
    [`PUT /departments/${other}`, { name: odd.name, code: "c2" }, "name"],
    [`PUT /departments/${other}`, { name: "n2", code: odd.code }, "code"],
  ];
  for (const [request, body, field] of claims)
    expect([request, await ask(request, body)]).toMatchObject([
      request,
      { status: 422, body: saying(`Department with this ${field} already exists`, field) },
    ]);
  expect((await ask('GET /departments?query=code=="*ar%26*"')).body).toMatchObject({ totalRecords: 1 });
});

describe("proxies", () => {
  const pair = () => ({ userId: randomUUID(), proxyUserId: randomUUID() });

  it("are there once for two users, of whom each may have others", async () => {
    const first = pair();
    const id = await idOf("POST /proxiesfor", { ...first, status: "Active", accrueTo: "Sponsor" });
    await idOf("POST /proxiesfor", { ...pair(), userId: first.userId });
    await idOf("POST /proxiesfor", { ...pair(), proxyUserId: first.proxyUserId });
    expect(await ask("POST /proxiesfor", first)).toMatchObject({
      status: 422,
      body: saying("Proxy relationship already exists"),
    });
    const found = async (query: string) =>
      ((await ask(`GET /proxiesfor?query=${query}`)).body as { readonly totalRecords: number }).totalRecords;
    expect(await found(`userId==${first.userId}`)).toBe(2);
    expect(await found(`proxyUserId==${first.proxyUserId} and status==Active`)).toBe(1);
    const changed = { ...first, proxyUserId: randomUUID() };
    expect((await ask(`PUT /proxiesfor/${id}`, changed)).status).toBe(204);
    expect((await ask(`GET /proxiesfor/${id}`)).body).toMatchObject(changed);
    expect((await ask(`DELETE /proxiesfor/${id}`)).status).toBe(204);
  });

  it("are not found where there are none", async () => {
    const answers = [
      await ask(`GET /proxiesfor/${nobody}`),
      await ask(`PUT /proxiesfor/${nobody}`, pair()),
      await ask(`DELETE /proxiesfor/${nobody}`),
      await ask("POST /proxiesfor", { ...pair(), since: "2020" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 422]);
  });
});

describe("a pin", () => {
  const verify = async (id: string, pin: string) =>
    (await ask("POST /patron-pin/verify", { id, pin })).status;

  it.each(["1468", "ThisIsALonger1234PinWithSomeNumbers", "ünï 7"])("%s is known again", async (pin) => {
    const id = await idOf("POST /users", {});
    expect(await verify(id, pin)).toBe(422);
    expect(await ask("POST /patron-pin", { id, pin })).toMatchObject({ status: 201, body: null });
    expect([await verify(id, pin), await verify(id.toUpperCase(), pin), await verify(id, `${pin}1`)]).toEqual(
      [200, 200, 422],
    );
    expect((await ask("POST /patron-pin", { id, pin: "4567" })).status).toBe(201);
    expect([await verify(id, pin), await verify(id, "4567")]).toEqual([422, 200]);
    expect((await ask("DELETE /patron-pin", { id })).status).toBe(200);
    expect((await ask("DELETE /patron-pin", { id })).status).toBe(200);
    expect(await verify(id, "4567")).toBe(422);
  });

  it("is of somebody, and something", async () => {
    const answers = [
      await ask("POST /patron-pin", { id: "x", pin: "1" }),
      await ask("POST /patron-pin", { id: nobody }),
      await ask("POST /patron-pin/verify", { id: nobody, pin: "" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
  });
});

describe("user-tenants", () => {
  const affiliation = (username: string, tenantId: string, more: object = {}) => ({
    id: randomUUID(),
    userId: randomUUID(),
    username,
    tenantId,
    ...more,
  });
  const list = async (parameters = "") =>
    (await ask(`GET /user-tenants?${parameters}`)).body as {
      readonly userTenants: readonly object[];
      readonly totalRecords: number;
    };

  it("are found by what they have, all of it or one of it", async () => {
    const [ann, bob] = [
      affiliation("CaSe-Ann", "x", { email: "ann@example.org", barcode: "b1", externalSystemId: "e1" }),
      affiliation("bob", "y", { mobilePhoneNumber: "1", phoneNumber: "2", consortiumId: randomUUID() }),
    ];
    for (const each of [ann, bob])
      expect(await ask("POST /user-tenants", each)).toMatchObject({ status: 201, body: null });
    expect((await ask("POST /user-tenants", ann)).status).toBe(422);
    expect((await ask("POST /user-tenants", { tenantId: "x" })).status).toBe(422);
    expect(await list()).toMatchObject({ totalRecords: 2 });
    const claims: readonly [parameters: string, found: readonly object[]][] = [
      [`userId=${ann.userId}`, [ann]],
      ["username=case-ann", [ann]],
      ["username=case-ann&tenantId=y", []],
      ["username=case-ann&tenantId=y&queryOp=or", [ann, bob]],
      ["email=ann@example.org", [ann]],
      ["barcode=b1", [ann]],
      ["externalSystemId=e1", [ann]],
      ["phoneNumber=2&mobilePhoneNumber=1", [bob]],
      ["barcode=*", []],
      ["username=&tenantId=y", [bob]],
    ];
    for (const [parameters, found] of claims) {
      const { userTenants, totalRecords } = await list(parameters);
      const byId = (some: readonly object[]) =>
        some.map((each) => String(Reflect.get(each, "id"))).toSorted();
      expect([parameters, byId(userTenants), totalRecords]).toEqual([parameters, byId(found), found.length]);
    }
    expect(await ask("DELETE /user-tenants")).toMatchObject({
      status: 409,
      body: saying("User-tenant table in member ECS tenant should contain 1 record"),
    });
  });

  it("make of a tenant one of a consortium, which asks more of its users", async () => {
    const another = await moduleOfTenant(users);
    const askMember = (request: string, body?: unknown) => another.ask(request, body);
    expect((await askMember("DELETE /user-tenants")).status).toBe(409);
    const central = affiliation("taken", "north", { centralTenantId: "north" });
    expect((await askMember("POST /user-tenants", central)).status).toBe(201);
    const post = (user: object) => askMember("POST /users", user);
    expect([(await post({})).body, (await post({ type: "staff" })).body]).toMatchObject([
      saying(
        "An invalid user type has been populated to a user, allowed values: [patron, staff, shadow, system, dcb]",
        "type",
      ),
      {
        errors: [
          { message: expect.stringContaining("must have a username since consortium mode") as string },
        ],
      },
    ]);
    expect(await post({ type: "staff", username: "TAKEN" })).toMatchObject({
      status: 422,
      body: saying("User with this username already exists", "username"),
    });
    expect((await post({ type: "system", username: "taken" })).status).toBe(201);
    expect((await post({ type: "patron" })).status).toBe(201);
    expect((await askMember("DELETE /user-tenants")).status).toBe(204);
    expect((await post({})).status).toBe(201);
    await another.close();
  });
});

describe("profile pictures", () => {
  const key = "isreeedfrgvbnmjhyuortidfhgjbnvtr";
  const jpeg = (bytes: number) =>
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(bytes, 7)]);
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
  const configure = async (more: object): Promise<number> => {
    const { id } = (await ask("GET /users/configurations/entry")).body as { readonly id: string };
    const configName = "PROFILE_PICTURE_CONFIG";
    return (await ask(`PUT /users/configurations/entry/${id}`, { id, configName, ...more })).status;
  };
  const on = { enabled: true, encryptionKey: key };
  const blobOf = async (id: string) =>
    ((await ask(`GET /users/profile-picture/${id}`)).body as { readonly profile_picture_blob: string })
      .profile_picture_blob;

  it("have settings, at first off, with a key of the tenant's own", async () => {
    const { body } = await ask("GET /users/configurations/entry");
    expect(body).toMatchObject({
      configName: "PROFILE_PICTURE_CONFIG",
      enabled: false,
      enabledObjectStorage: false,
      encryptionKey: expect.stringMatching(/^[\da-f]{32}$/u) as string,
      maxFileSize: 4,
    });
    expect((await ask("GET /users/configurations/entry")).body).toEqual(body);
    expect((await ask("POST /users/profile-picture", png)).body).toMatchObject(
      saying("Profile picture feature is not enabled for tenant north"),
    );
    expect(await configure({ ...on, maxFileSize: 11 })).toBe(422);
    expect(await configure({ ...on, maxFileSize: 9.9 })).toBe(204);
    const body2 = { configName: "PROFILE_PICTURE_CONFIG" };
    expect((await ask(`PUT /users/configurations/entry/${nobody}`, body2)).status).toBe(404);
  });

  it("are kept, given back, replaced and deleted", async () => {
    await configure(on);
    const id = await idOf("POST /users/profile-picture", png);
    expect(await blobOf(id)).toBe(png.toString("base64"));
    const other = jpeg(2000);
    expect(await ask(`PUT /users/profile-picture/${id}`, other)).toMatchObject({ status: 200, body: { id } });
    expect(await blobOf(id)).toBe(other.toString("base64"));
    expect((await ask(`DELETE /users/profile-picture/${id}`)).status).toBe(204);
    const gone = [
      await ask(`GET /users/profile-picture/${id}`),
      await ask(`PUT /users/profile-picture/${id}`, other),
      await ask(`DELETE /users/profile-picture/${id}`),
      await ask("GET /users/profile-picture/1234"),
    ];
    expect(gone.map(({ status }) => status)).toEqual([404, 404, 404, 400]);
  });

  it.each<[claim: string, settings: object, file: Uint8Array, message: string]>([
    [
      "nothing",
      on,
      Buffer.alloc(0),
      "Requested file size should be within allowed size updated in profile_picture configuration",
    ],
    [
      "a byte",
      on,
      Buffer.from("1"),
      "failed to save profile picture Insufficient data provided to detect file type",
    ],
    ["text", on, Buffer.from("x".repeat(100)), "Requested image should be of supported type-[PNG,JPG,JPEG]"],
    [
      "too much",
      { ...on, maxFileSize: 0.5 },
      jpeg(600_000),
      "Requested file size should be within allowed size updated in profile_picture configuration",
    ],
    ["a picture without a key", { enabled: true }, png, "Encryption key is null"],
    [
      "a picture with a short key",
      { enabled: true, encryptionKey: "short" },
      png,
      "Error encrypting profile picture data",
    ],
  ])("%s is refused", async (_claim, settings, file, message) => {
    expect(await configure(settings)).toBe(204);
    expect(await ask("POST /users/profile-picture", file)).toMatchObject({
      status: 400,
      body: saying(message),
    });
  });

  it("are not opened with another key", async () => {
    await configure(on);
    const id = await idOf("POST /users/profile-picture", png);
    await configure({ ...on, encryptionKey: key.toUpperCase() });
    expect(await ask(`GET /users/profile-picture/${id}`)).toMatchObject({
      status: 400,
      body: saying("Data integrity check failed, POST and GET must use an identical key"),
    });
    await configure(on);
    expect((await ask(`GET /users/profile-picture/${id}`)).status).toBe(200);
    // It is new: whoever uploaded it has still to write the user.
    expect((await ask("POST /users/profile-picture/cleanup")).status).toBe(200);
    expect((await ask(`GET /users/profile-picture/${id}`)).status).toBe(200);
  });
});

describeWithFolio("beside mod-users of release A", () => {
  it("each of its routes has an answer", async () => {
    expect(await routesWithoutAnswer(realDescriptor("mod-users"), ask)).toEqual([]);
  });
});
