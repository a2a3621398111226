import { randomUUID } from "node:crypto";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, expect, it } from "vitest";
import { permissionsModule } from "./index.ts";

/** What mod-permissions 6.5 answers, by its own API tests. */
let running: ModuleOfTenant;
const [userId, otherId, lostId] = [randomUUID(), randomUUID(), randomUUID()];
const permUserId = randomUUID();
const setId = randomUUID();
const none = randomUUID();

beforeAll(async () => {
  running = await moduleOfTenant(permissionsModule);
  const perms = [
    { permissionName: "a.get", displayName: "Look at a", visible: true },
    { permissionName: "a.put", description: "Change a" },
    { permissionName: "a.all", subPermissions: ["a.get", "a.put", "b.undefined"], visible: true },
    { permissionName: "a.starred.*" },
    { description: "without a name" },
  ];
  const told = [
    await running.ask("POST /_/tenantpermissions", { moduleId: "mod-a-1.2.3", perms }),
    await running.ask("POST /_/tenantpermissions", { moduleId: "mod-empty-1.0.0" }),
    await running.ask("POST /perms/permissions", {
      id: setId,
      permissionName: "mine",
      displayName: "Mine",
      tags: ["shelf"],
      subPermissions: ["a.all"],
    }),
    await running.ask("POST /perms/users", {
      id: permUserId,
      userId,
      permissions: ["mine", "a.get", "mine"],
    }),
  ];
  const refused = told.find(({ status }) => status !== 201);
  if (refused !== undefined) throw new Error(JSON.stringify(refused));
});
afterAll(() => running.close());

type Fact = readonly [request: string, body: unknown, status: number, answer: unknown];
const text = (part: string) => ({
  errors: [{ message: expect.stringContaining(part) as string }],
});
const byUser = "indexField=userId";
const listed = (query: string, more = "") =>
  `GET /perms/permissions?query=${encodeURIComponent(query)}${more}`;
const names = (...permissionNames: readonly string[]) => ({
  permissions: permissionNames.map((permissionName) => expect.objectContaining({ permissionName }) as object),
  totalRecords: permissionNames.length,
});
const ofUser = (...permissionNames: readonly unknown[]) => ({
  permissionNames,
  totalRecords: permissionNames.length,
});

const facts: readonly Fact[] = [
  // Users
  [
    `GET /perms/users/${permUserId}`,
    undefined,
    200,
    { id: permUserId, userId, permissions: ["mine", "a.get"] },
  ],
  [
    `GET /perms/users/${permUserId}`,
    undefined,
    200,
    { metadata: { createdDate: expect.any(String) as string } },
  ],
  [`GET /perms/users/${userId}?${byUser}`, undefined, 200, { id: permUserId }],
  [`GET /perms/users/${userId.toUpperCase()}?${byUser}`, undefined, 200, { id: permUserId }],
  [`GET /perms/users/${none}`, undefined, 404, text(`No user with id ${none}`)],
  [`GET /perms/users/${none}?${byUser}`, undefined, 404, text(`No user with userId ${none}`)],
  [`GET /perms/users/${userId}?indexField=foo`, undefined, 400, text("Invalid value 'foo' for indexField")],
  ["GET /perms/users?query=a+and", undefined, 400, text("")],
  ["GET /perms/users?start=0", undefined, 400, text("")],
  ["GET /perms/users?length=1&start=1", undefined, 200, { totalRecords: 1 }],
  [`GET /perms/users?query=userId==${userId}`, undefined, 200, { totalRecords: 1 }],
  [`GET /perms/users?query=id==${permUserId}`, undefined, 200, { totalRecords: 1 }],
  ["GET /perms/users?query=permissions=mine", undefined, 200, { totalRecords: 1 }],
  ["GET /perms/users?query=permissions=x*", undefined, 200, { permissionUsers: [], totalRecords: 0 }],
  ["POST /perms/users", { userId: "x" }, 400, text("Invalid UUID string: x")],
  ["POST /perms/users", {}, 422, text("userId")],
  ["POST /perms/users", { userId: otherId, nickname: "o" }, 422, text("nickname")],
  ["POST /perms/users", { userId }, 422, { errors: [{ parameters: [{ key: "userId", value: userId }] }] }],
  [
    "POST /perms/users",
    { userId: otherId, permissions: ["no.such"] },
    422,
    text("non-existent permissions no.such"),
  ],
  [
    "POST /perms/users",
    { userId: otherId, permissions: ["b.undefined"] },
    201,
    { permissions: ["b.undefined"] },
  ],
  [
    `PUT /perms/users/${permUserId}`,
    { userId, permissions: ["b.undefined"] },
    400,
    text("Cannot add permissions flagged as 'dummy' to users"),
  ],
  [
    `PUT /perms/users/${permUserId}`,
    { userId, permissions: ["no.such"] },
    422,
    text(
      `Unable to update derived fields: Attempting to add non-existent permissions no.such to permission user with id ${permUserId}`,
    ),
  ],
  [
    `PUT /perms/users/${none}`,
    { userId, permissions: [] },
    404,
    text(`No permissions user found with id ${none}`),
  ],
  [
    `PUT /perms/users/${permUserId}`,
    { userId, permissions: ["mine", "a.get", "a.put", "a.put"] },
    200,
    { permissions: ["mine", "a.get", "a.put"] },
  ],
  [`DELETE /perms/users/${none}`, undefined, 404, text(`No permissions user found with id ${none}`)],
  // Their permissions
  [`GET /perms/users/${permUserId}/permissions`, undefined, 200, ofUser("mine", "a.get", "a.put")],
  [
    `GET /perms/users/${userId}/permissions?${byUser}&expanded=true`,
    undefined,
    200,
    ofUser("mine", "a.get", "a.put", "a.all", "b.undefined"),
  ],
  [
    `GET /perms/users/${userId}/permissions?${byUser}&full=true`,
    undefined,
    200,
    ofUser(
      expect.objectContaining({ permissionName: "mine", mutable: true, subPermissions: ["a.all"] }),
      expect.objectContaining({ permissionName: "a.get", moduleName: "mod-a", moduleVersion: "1.2.3" }),
      expect.objectContaining({ permissionName: "a.put" }),
    ),
  ],
  [`GET /perms/users/${none}/permissions`, undefined, 404, text(`No user found by id ${none}`)],
  [`GET /perms/users/12%2334/permissions`, undefined, 400, text("Invalid UUID")],
  [
    `POST /perms/users/${none}/permissions`,
    { permissionName: "a.put" },
    400,
    text(`User with id ${none} does not exist`),
  ],
  [`POST /perms/users/123/permissions`, { permissionName: "a.put" }, 400, text("Invalid UUID")],
  [
    `POST /perms/users/${userId}/permissions?${byUser}`,
    { permissionName: "mine" },
    422,
    text(`User with userId ${userId} already has permission mine`),
  ],
  [
    `POST /perms/users/${userId}/permissions?${byUser}`,
    { permissionName: "no.such" },
    400,
    text("Permission by name 'no.such' does not exist"),
  ],
  [
    `POST /perms/users/${userId}/permissions?${byUser}`,
    { permissionName: "b.undefined" },
    400,
    text("'b.undefined' is flagged as a dummy permission and cannot be assigned to a user"),
  ],
  [
    `POST /perms/users/${userId}/permissions?indexField=foo`,
    { permissionName: "mine" },
    400,
    text("Invalid value 'foo'"),
  ],
  [`DELETE /perms/users/${userId}/permissions/a.put?${byUser}`, undefined, 204, null],
  [
    `DELETE /perms/users/${userId}/permissions/a.put?${byUser}`,
    undefined,
    400,
    text(`User with userId ${userId} does not contain a.put`),
  ],
  [
    `DELETE /perms/users/${none}/permissions/a.put`,
    undefined,
    404,
    text(`User with id ${none} does not exist`),
  ],
  // Permissions
  [
    listed("permissionName==mine"),
    undefined,
    200,
    { permissions: [{ childOf: [], grantedTo: [permUserId], visible: true }] },
  ],
  [
    listed("permissionName==a.all"),
    undefined,
    200,
    { permissions: [{ childOf: ["mine"], grantedTo: [], mutable: false }] },
  ],
  [
    listed("permissionName==a.get"),
    undefined,
    200,
    { permissions: [{ childOf: ["a.all"], grantedTo: [permUserId] }] },
  ],
  [listed("permissionName==b.undefined"), undefined, 200, names()],
  [listed("permissionName==b.undefined", "&includeDummy=xx"), undefined, 200, names()],
  [listed("permissionName==b.undefined", "&includeDummy=true"), undefined, 200, names("b.undefined")],
  [
    listed("moduleName==mod-a and visible==true sortby permissionName"),
    undefined,
    200,
    names("a.all", "a.get"),
  ],
  [
    listed("moduleVersion==1.2.3 sortby permissionName"),
    undefined,
    200,
    names("a.all", "a.get", "a.put", "a.starred.*"),
  ],
  [listed("displayName=look"), undefined, 200, names("a.get")],
  [listed("description=change"), undefined, 200, names("a.put")],
  [listed("tags=shelf"), undefined, 200, names("mine")],
  [listed("subPermissions==a.get"), undefined, 200, names("a.all")],
  [listed("mutable==true"), undefined, 200, names("mine")],
  ["GET /perms/permissions?query=a+and", undefined, 400, text("")],
  [
    listed("permissionName==mine", "&expanded=true"),
    undefined,
    200,
    {
      permissions: [{ subPermissions: ["a.all", "a.get", "a.put", "b.undefined"] }],
    },
  ],
  [
    listed("permissionName==mine", "&expandSubs=true"),
    undefined,
    200,
    {
      permissions: [
        { subPermissions: [{ permissionName: "a.all", subPermissions: ["a.get", "a.put", "b.undefined"] }] },
      ],
    },
  ],
  [
    "POST /perms/permissions",
    { permissionName: "mine" },
    422,
    text("Permission with name mine already exists"),
  ],
  [
    "POST /perms/permissions",
    { permissionName: "a.get" },
    422,
    text("Permission with name a.get already exists"),
  ],
  ["POST /perms/permissions", { permissionName: "x", dummy: true }, 422, text("dummy")],
  [
    "POST /perms/permissions",
    { permissionName: "x", subPermissions: ["no.such"] },
    422,
    text("Attempting to add non-existent permissions no.such as sub-permissions to permission x"),
  ],
  [
    "POST /perms/permissions",
    { permissionName: "x", subPermissions: ["x"] },
    422,
    text("would contain itself"),
  ],
  [
    "POST /perms/permissions",
    { permissionName: "outer", subPermissions: ["mine"] },
    201,
    { visible: true, mutable: true },
  ],
  [
    `PUT /perms/permissions/${setId}`,
    { id: setId, permissionName: "mine", subPermissions: ["outer"] },
    422,
    text("would contain itself"),
  ],
  [`PUT /perms/permissions/123`, { permissionName: "x" }, 400, text("Invalid id value")],
  [`PUT /perms/permissions/123`, { id: "1", permissionName: "x" }, 400, text("Invalid id value")],
  [`PUT /perms/permissions/123`, { id: "123", permissionName: "x" }, 400, text("Invalid UUID")],
  [
    `PUT /perms/permissions/${none}`,
    { id: none, permissionName: "x" },
    404,
    text(`No permission found to match id ${none}`),
  ],
  [
    `PUT /perms/permissions/${setId}`,
    { id: setId, permissionName: "x" },
    400,
    text("permission name property cannot change"),
  ],
  [
    `PUT /perms/permissions/${setId}`,
    { id: setId, permissionName: "mine", subPermissions: ["no.such"] },
    422,
    {
      errors: [
        {
          message: expect.stringContaining("Unable to update derived fields: ") as string,
          parameters: [{ key: "id", value: setId }],
        },
      ],
    },
  ],
  [`GET /perms/permissions/${none}`, undefined, 404, text("")],
  [`GET /perms/permissions/${setId}`, undefined, 200, { grantedTo: [permUserId], childOf: ["outer"] }],
  [`DELETE /perms/permissions/${none}`, undefined, 404, text(`No permission found to match id ${none}`)],
  [`DELETE /perms/permissions/${setId}`, undefined, 204, null],
  [`GET /perms/users/${permUserId}/permissions`, undefined, 200, ofUser("a.get")],
  [listed("permissionName==outer"), undefined, 200, { permissions: [{ subPermissions: [] }] }],
  // Announcements
  ["POST /_/tenantpermissions", { perms: [] }, 422, text("moduleId")],
  [
    "POST /_/tenantpermissions",
    { moduleId: "mod-b-1.0.0", perms: [{ permissionName: "outer" }] },
    400,
    text("PermissionName collision with user-defined permission: outer"),
  ],
  [
    "POST /_/tenantpermissions",
    { moduleId: "mod-b-1.0.0", perms: [{ permissionName: "b.undefined", displayName: "B" }] },
    201,
    { moduleId: "mod-b-1.0.0" },
  ],
  [
    listed("permissionName==b.undefined"),
    undefined,
    200,
    { permissions: [{ dummy: false, displayName: "B", childOf: ["a.all"] }] },
  ],
  ["POST /_/tenantpermissions", { moduleId: "mod-b-1.0.1" }, 201, {}],
  [
    listed("permissionName==b.undefined"),
    undefined,
    200,
    { permissions: [{ deprecated: true, displayName: "(deprecated) B" }] },
  ],
  [
    "POST /_/tenantpermissions",
    { moduleId: "mod-b-1.0.2", perms: [{ permissionName: "b.undefined", displayName: "B" }] },
    201,
    {},
  ],
  [
    listed("permissionName==b.undefined"),
    undefined,
    200,
    { permissions: [{ deprecated: false, displayName: "B" }] },
  ],
  ["POST /perms/purge-deprecated", undefined, 200, { permissionNames: [], totalRecords: 0 }],
  ["POST /_/tenantpermissions", { moduleId: "mod-b-1.0.3", perms: [] }, 201, {}],
  ["POST /perms/purge-deprecated", undefined, 200, { permissionNames: ["b.undefined"], totalRecords: 1 }],
  [
    listed("permissionName==a.all"),
    undefined,
    200,
    { permissions: [{ subPermissions: ["a.get", "a.put"] }] },
  ],
  // Of routes' modulePermissions a gateway makes sets whose names have the module's version: those of the last one go.
  ...["1.0.0", "1.0.1"].map((version): Fact => {
    const subPermissions = ["a.get"];
    const set = { permissionName: `SYS#mod-s-${version}#/s#[GET]`, subPermissions, visible: false };
    return ["POST /_/tenantpermissions", { moduleId: `mod-s-${version}`, perms: [set] }, 201, {}];
  }),
  [listed("moduleName==mod-s and deprecated==false"), undefined, 200, names("SYS#mod-s-1.0.1#/s#[GET]")],
  [listed("moduleName==mod-s and deprecated==true"), undefined, 200, names("SYS#mod-s-1.0.0#/s#[GET]")],
  [`DELETE /perms/users/${permUserId}`, undefined, 204, null],
  [`GET /perms/users/${permUserId}`, undefined, 404, text("No user with id")],
];

// In this order: each stands on what those before have left.
it.each(facts.map((fact, at) => ({ at, request: fact[0], fact })))("$at $request", async ({ fact }) => {
  const [request, body, status, answer] = fact;
  const answered = await running.ask(request, body);
  const told = JSON.stringify(answered.body);
  expect([told, answered.status]).toEqual([told, status]);
  expect({ body: answered.body }).toMatchObject({ body: answer });
});

it("2,000 permissions are given at once, and each says who has it", async () => {
  const perms = Array.from({ length: 2000 }, (_, at) => ({ permissionName: `many.${at}` }));
  const announced = await running.ask("POST /_/tenantpermissions", { moduleId: "mod-many-1.0.0", perms });
  expect(announced.status).toBe(201);
  const permissions = perms.map(({ permissionName }) => permissionName);
  const given = await running.ask("POST /perms/users", { userId: lostId, permissions });
  expect(given).toMatchObject({ status: 201, body: { permissions } });
  expect((await running.ask(listed("permissionName==many.1999"))).body).toMatchObject({
    permissions: [{ grantedTo: [(given.body as { id: string }).id] }],
  });
}, 60_000);
