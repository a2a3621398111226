import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { askingUserId } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  modulePermissionsOf,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usersBl } from "./index.ts";
import { type UsersBlOfTenant, usersBlOfTenant } from "./testing/users-bl-of-tenant.ts";

let world: UsersBlOfTenant;
beforeAll(async () => {
  world = await usersBlOfTenant();
});
afterAll(() => world.close());

const ann = {
  id: askingUserId,
  username: "ann",
  barcode: "1",
  active: true,
  patronGroup: "g1",
  personal: { lastName: "A" },
};
const group = { id: "g1", group: "staff" };
const permitted = { id: "p1", userId: ann.id, permissions: ["a.all"] };
const ofAnn = { id: "s1", userId: ann.id, servicePointsIds: ["sp1", "sp2"], defaultServicePointId: "sp1" };
const points = [
  { id: "sp1", name: "Desk" },
  { id: "sp2", name: "Online" },
];
const errors = (code: string) => ({ errors: [expect.objectContaining({ code }) as object] });

beforeEach(() => {
  const { answers, calls } = world.others;
  answers.clear();
  calls.length = 0;
  answers.set(`GET /users/${ann.id}`, { body: ann });
  answers.set("GET /users", ({ query }) => {
    const users = query === "" || query.includes("ann") ? [ann] : [];
    return { body: { users, totalRecords: users.length } };
  });
  answers.set("GET /groups/g1", { body: group });
  answers.set("GET /groups", { body: { usergroups: [group], totalRecords: 1 } });
  answers.set("GET /perms/users", { body: { permissionUsers: [permitted], totalRecords: 1 } });
  answers.set(`GET /perms/users/${ann.id}/permissions`, {
    body: { permissionNames: [{ permissionName: "a.all" }], totalRecords: 1 },
  });
  answers.set("GET /service-points-users", { body: { servicePointsUsers: [ofAnn], totalRecords: 1 } });
  answers.set("GET /service-points", { body: { servicepoints: points, totalRecords: 2 } });
  answers.set("GET /proxiesfor", { body: { proxiesFor: [{ id: "x", userId: ann.id }], totalRecords: 1 } });
});

const whole = {
  user: ann,
  patronGroup: group,
  permissions: permitted,
  servicePointsUser: { ...ofAnn, servicePoints: points },
};

describe("a user with what other modules know of it", () => {
  it.each(["/bl-users/_self", `/bl-users/by-id/${ann.id}`, "/bl-users/by-username/ann"])(
    "is given whole at %s, unless parts are named",
    async (path) => {
      expect(await world.ask(`GET ${path}`)).toMatchObject({ status: 200, body: whole });
      expect((await world.ask(`GET ${path}?include=groups&include=proxiesfor`)).body).toEqual({
        user: ann,
        patronGroup: group,
        permissions: { permissions: [] },
        proxiesFor: [{ id: "x", userId: ann.id }],
      });
      expect(
        (await world.ask(`GET ${path}?expandPermissions=true&include=perms&fullPermissions=true`)).body,
      ).toEqual({
        user: ann,
        permissions: { userId: ann.id, permissions: [{ permissionName: "a.all" }] },
      });
      expect((await world.ask(`GET ${path}?include=nothing`)).body).toEqual({
        user: ann,
        permissions: { permissions: [] },
      });
    },
  );

  it("is given without what nobody provides, may be seen by nobody, or fails", async () => {
    const { answers } = world.others;
    answers.set("GET /groups/g1", { status: 403, body: "no" });
    answers.delete("GET /service-points-users");
    answers.delete("GET /perms/users");
    const bare = { user: ann, permissions: { permissions: [] } };
    expect((await world.ask("GET /bl-users/_self")).body).toEqual(bare);
    answers.set("GET /service-points-users", { status: 500, body: "broken" });
    expect((await world.ask("GET /bl-users/_self")).body).toEqual(bare);
  });

  it("is not given as one without permissions while these cannot be read", async () => {
    world.others.answers.set("GET /perms/users", { status: 500, body: "broken" });
    expect(await world.ask("GET /bl-users/_self")).toMatchObject({
      status: 503,
      body: errors("permissions-unavailable"),
    });
  });

  it("is found by a name that is taken letter by letter", async () => {
    await world.ask(`GET /bl-users/by-username/${encodeURIComponent('a*" or cql.allRecords=1 or x="')}`);
    expect(world.others.calls.at(-1)?.query).toBe(
      String.raw`username == "a\*\" or cql.allRecords=1 or x=\""`,
    );
  });

  it.each([
    ["GET /bl-users/by-id/7", 404, "not-found"],
    ["GET /bl-users/by-username/bob", 404, "not-found"],
    ["GET /bl-users?query=username==bob", 404, "not-found"],
    ["GET /bl-users/by-id/7/open-transactions", 404, "not-found"],
    ["GET /bl-users/by-username/bob/open-transactions", 404, "not-found"],
    ["DELETE /bl-users/by-id/7", 404, "not-found"],
    ["POST /bl-users", 501, "not-implemented"],
    ["PUT /bl-users/7", 501, "not-implemented"],
  ])("%s is %i", async (request, status, code) => {
    world.others.answers.set("GET /users/7", { status: 404, body: "Not found" });
    expect(await world.ask(request)).toMatchObject({ status, body: errors(code) });
  });

  it("tells of what is wrong with a query in the words of users, and names who does not answer", async () => {
    const { answers } = world.others;
    answers.set("GET /users", { status: 400, body: { errors: [{ message: "no CQL", code: "cql" }] } });
    expect(await world.ask("GET /bl-users?query=((")).toMatchObject({ status: 400, body: errors("cql") });
    answers.set("GET /users", { status: 500, body: "stack" });
    const failed = await world.ask("GET /bl-users");
    expect(failed).toMatchObject({ status: 503, body: errors("users-unavailable") });
    expect(JSON.stringify(failed.body)).not.toContain("stack");
  });
});

it("lists users with groups, permissions and proxies, however many they are", async () => {
  const many = Array.from({ length: 120 }, (_, n) => ({
    id: `u${n}`,
    patronGroup: `g${n % 60}`,
    username: `n${n}`,
  }));
  const { answers, calls } = world.others;
  const named = (query: string) => [...query.matchAll(/== "?([ug]\d+)/gu)].map(([, id = ""]) => id);
  answers.set("GET /users", { body: { users: many, totalRecords: 500 } });
  answers.set("GET /groups", ({ query }) => ({
    body: { usergroups: named(query).map((id) => ({ id, group: `of ${id}` })) },
  }));
  answers.set("GET /perms/users", ({ query }) => ({
    body: { permissionUsers: named(query).map((userId) => ({ userId, permissions: [`of ${userId}`] })) },
  }));
  const { body } = await world.ask("GET /bl-users?limit=120");
  const { compositeUsers, ...counts } = body as { compositeUsers: readonly object[] };
  expect(counts).toEqual({ totalResults: 500, recordCount: 120 });
  expect(compositeUsers[61]).toEqual({
    users: many[61],
    groups: { id: "g1", group: "of g1" },
    permissions: { permissions: ["of u61"] },
  });
  expect(calls.filter(({ request }) => request === "GET /perms/users")).toHaveLength(3);
  const bare = (await world.ask("GET /bl-users?include=none")).body as { compositeUsers: readonly object[] };
  expect(bare.compositeUsers[0]).toEqual({ users: many[0] });
});

describe("signing in", () => {
  const credentials = { username: "ann", password: "secret", tenant: "north" };
  const headers = { "user-agent": "Firefox", "x-forwarded-for": "1.1.1.1, 2.2.2.2" };

  it("gives the user, and login's cookies as they are", async () => {
    const times = {
      accessTokenExpiration: "2030-01-01T00:00:00Z",
      refreshTokenExpiration: "2030-02-01T00:00:00Z",
    };
    const cookies = [
      "folioAccessToken=a; Path=/; Secure; HttpOnly",
      "folioRefreshToken=b; Path=/authn; Secure; HttpOnly",
    ];
    world.others.answers.set("POST /authn/login-with-expiry", {
      status: 201,
      body: times,
      headers: { "set-cookie": cookies },
    });
    const answer = await world.ask("POST /bl-users/login-with-expiry", credentials, {
      userId: null,
      headers,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { ...whole, tokenExpiration: times, tenant: "north" },
    });
    expect(answer.headers.getSetCookie()).toEqual(cookies);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(world.others.calls[0]).toMatchObject({ body: credentials, headers });
  });

  it("gives the user, and a token", async () => {
    world.others.answers.set("POST /authn/login", { status: 201, body: { okapiToken: "t.o.k" } });
    const answer = await world.ask(
      "POST /bl-users/login?expandPermissions=true&include=groups",
      credentials,
      { userId: null },
    );
    expect(answer).toMatchObject({
      status: 201,
      body: {
        user: ann,
        patronGroup: group,
        permissions: { permissions: [{ permissionName: "a.all" }] },
        tenant: "north",
      },
    });
    expect(answer.headers.get("x-okapi-token")).toBe("t.o.k");
  });

  it.each(["/bl-users/login", "/bl-users/login-with-expiry"])(
    "at %s is refused in login's words, and reads nobody",
    async (path) => {
      const refused = {
        errors: [
          {
            message: "Password does not match",
            type: "error",
            code: "password.incorrect",
            parameters: [{ key: "username", value: "ann" }],
          },
        ],
        total_records: 1,
      };
      const login = `POST ${path.replace("bl-users", "authn")}`;
      world.others.answers.set(login, { status: 422, body: refused });
      expect(await world.ask(`POST ${path}`, credentials)).toMatchObject({ status: 422, body: refused });
      world.others.answers.set(login, { status: 429, body: refused, headers: { "retry-after": "7" } });
      const later = await world.ask(`POST ${path}`, credentials);
      expect([later.status, later.headers.get("retry-after")]).toEqual([429, "7"]);
      world.others.answers.set(login, { status: 500, body: "stack" });
      expect(await world.ask(`POST ${path}`, credentials)).toMatchObject({
        status: 503,
        body: errors("login-unavailable"),
      });
      expect(world.others.calls.map(({ request }) => request)).toEqual([login, login, login]);
      for (const body of [{}, { username: "ann" }, { password: "x" }]) {
        expect((await world.ask(`POST ${path}`, body)).status).toBe(400);
      }
    },
  );
});

describe("what is open of a user", () => {
  const paths = [
    "/loan-storage/loans",
    "/request-storage/requests",
    "/accounts",
    "/manualblocks",
    "/proxiesfor",
  ];
  const open = `GET /bl-users/by-id/${ann.id}/open-transactions`;
  const none = {
    userId: ann.id,
    userBarcode: "1",
    hasOpenTransactions: false,
    loans: 0,
    requests: 0,
    feesFines: 0,
    proxies: 0,
    blocks: 0,
  };

  beforeEach(() => {
    paths.forEach((path) => world.others.answers.set(`GET ${path}`, { body: { totalRecords: 0 } }));
    world.others.answers.set(`DELETE /users/${ann.id}`, { status: 204 });
  });

  it("is counted by its modules, by id and by name", async () => {
    paths.forEach((path, n) => world.others.answers.set(`GET ${path}`, { body: { totalRecords: n + 1 } }));
    const counted = {
      ...none,
      hasOpenTransactions: true,
      loans: 1,
      requests: 2,
      feesFines: 3,
      blocks: 4,
      proxies: 5,
    };
    expect((await world.ask(open)).body).toEqual(counted);
    expect((await world.ask("GET /bl-users/by-username/ann/open-transactions")).body).toEqual(counted);
    const asked = new Map(world.others.calls.map(({ request, query }) => [request, query]));
    expect(asked.get("GET /loan-storage/loans")).toBe(`userId == ${ann.id} and status.name = Open`);
    expect(asked.get("GET /proxiesfor")).toBe(`userId == ${ann.id} or proxyUserId == ${ann.id}`);
  });

  it("is nothing where nobody provides it", async () => {
    paths.forEach((path) => world.others.answers.delete(`GET ${path}`));
    expect((await world.ask(open)).body).toEqual(none);
    expect((await world.ask(`DELETE /bl-users/by-id/${ann.id}`)).status).toBe(204);
  });

  it.each([
    ["/loan-storage/loans", "loan-storage"],
    ["/request-storage/requests", "request-storage"],
    ["/accounts", "feesfines"],
    ["/manualblocks", "feesfines"],
    ["/proxiesfor", "users"],
  ])("is an error that names who does not answer for %s, and nobody is deleted", async (path, provider) => {
    const unreachable = [
      { status: 404, body: "No running module instance found for mod-x-1.0.0" },
      { status: 403, body: "no" },
      { status: 500, body: "broken" },
    ];
    for (const answer of unreachable) {
      world.others.answers.set(`GET ${path}`, answer);
      for (const request of [open, `DELETE /bl-users/by-id/${ann.id}`]) {
        expect(await world.ask(request)).toMatchObject({
          status: 503,
          body: errors(`${provider}-unavailable`),
        });
      }
    }
    expect(world.others.calls.some(({ request }) => request.startsWith("DELETE"))).toBe(false);
  });

  it("keeps it from being deleted", async () => {
    world.others.answers.set("GET /accounts", { body: { totalRecords: 1 } });
    expect(await world.ask(`DELETE /bl-users/by-id/${ann.id}`)).toMatchObject({
      status: 409,
      body: { feesFines: 1, hasOpenTransactions: true },
    });
    expect(world.others.calls.some(({ request }) => request.startsWith("DELETE"))).toBe(false);
  });
});

describeWithFolio("the descriptor of mod-users-bl 7.7.5", () => {
  it("has the interface, the routes and the permissions that ours has", () => {
    const ours = descriptorOf(usersBl) as ComparedDescriptor; // as: what a descriptor is
    const real = realDescriptor("mod-users-bl");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
    expect(modulePermissionsOf(ours)).toEqual(modulePermissionsOf(real));
  });
});
