import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenantWorld, type TenantWorld, textOf, untilTrue } from "../testing/tenant-world.ts";

/** What a tenant's caller may, over real ports: two gateways, and the tenant's own modules as real servers. */
let world: TenantWorld;
beforeAll(async () => {
  world = await startTenantWorld(2);
});
afterAll(() => world.close());

describe("a caller without a token", () => {
  it.each([
    ["/echo-open", 400, "Token missing, access requires a token of tenant: diku"],
    ["/echo", 400, "Token missing, access requires permission: echo.get"],
    ["/users-told", 400, "Token missing, access requires a token of tenant: diku"],
  ])("is refused at %s, which is not public", async (path, status, message) => {
    const answered = await world.as(null, 0, "GET", path);
    expect([answered.status, answered.text]).toEqual([status, message]);
  });

  it("is let in where the module opens its own route, with a token of nobody and without a user", async () => {
    const answered = await world.as(null, 1, "GET", "/echo-public");
    expect(answered.status).toBe(200);
    const token = textOf(answered.text, "x-okapi-token");
    expect(answered.text).not.toContain("x-okapi-user-id");
    // What the module is given opens nothing that is not public.
    expect((await world.as(token, 1, "GET", "/echo-open")).status).toBe(400);
    expect((await world.as(token, 1, "GET", "/echo")).status).toBe(400);
    expect((await world.as(token, 1, "GET", "/echo-public")).status).toBe(200);
    expect((await world.call(1, "GET", "/_/version", { "X-Okapi-Token": token })).status).toBe(403);
  });
});

describe("a user", () => {
  it("is known to the module by his id, his own token, and what he holds of what it asks for", async () => {
    world.users.users.set("ann", { active: true, permissions: ["echo.get", "other.one", "more"] });
    const { accessToken } = await world.signIn("ann");
    for (const at of [0, 1]) {
      const answered = await world.as(accessToken, at, "GET", "/echo");
      expect(answered.status).toBe(200);
      expect(JSON.parse(answered.text)).toMatchObject({
        "x-okapi-user-id": "ann",
        "x-okapi-token": accessToken,
        "x-okapi-permissions": '["echo.get","other.one"]',
        "x-okapi-tenant": "diku",
      });
    }
  });

  it("is told apart from his modules, which hold more, in what the next module is told", async () => {
    const { accessToken } = await world.signIn("both");
    const minted = await world.tokenOfModule(accessToken, "/echo-minted");
    const toldOf = async (token: string) =>
      textOf((await world.as(token, 0, "GET", "/echo")).text, "x-okapi-permissions");
    for (let time = 0; time < 2; time += 1) {
      expect(await toldOf(minted)).toBe('["echo.get","echo.extra"]');
      expect(await toldOf(accessToken)).toBe('["echo.get"]');
      expect(await toldOf(world.operatorToken)).toBe('["echo.get","echo.extra"]');
    }
  });

  it("needs on a path of his own tenant what the entry asks for there, and on another's the rest", async () => {
    const { accessToken } = await world.signIn("local");
    expect((await world.as(accessToken, 0, "GET", "/echo-of/diku")).status).toBe(200);
    const elsewhere = await world.as(accessToken, 0, "GET", "/echo-of/north");
    expect([elsewhere.status, elsewhere.text]).toEqual([
      403,
      "Access for user 'name of local' (local) requires permission: echo.of-any",
    ]);
    expect((await world.as(null, 0, "GET", "/echo-of/diku")).text).toBe(
      "Token missing, access requires permission: echo.of-any",
    );
  });

  it("has at his next sign-in what was given to him since, also where his module does not push", async () => {
    world.users.users.set("given", { active: true, permissions: [] });
    const before = await world.signIn("given");
    expect((await world.as(before.accessToken, 0, "GET", "/echo")).status).toBe(403);
    world.users.users.set("given", { active: true, permissions: ["echo.get"] });
    expect((await world.as(before.accessToken, 0, "GET", "/echo")).status).toBe(403);
    const { accessToken } = await world.signIn("given");
    expect((await world.as(accessToken, 0, "GET", "/echo")).status).toBe(200);
  });

  it("is refused without the permission, in mod-authtoken's words", async () => {
    world.users.users.set("bob", { active: true, permissions: [] });
    const { accessToken } = await world.signIn("bob");
    const answered = await world.as(accessToken, 1, "GET", "/echo");
    expect([answered.status, answered.text]).toEqual([
      403,
      "Access for user 'name of bob' (bob) requires permission: echo.get",
    ]);
    expect((await world.as(accessToken, 1, "GET", "/echo-open")).status).toBe(200);
  });

  it.each([
    [
      "inactive",
      { active: false, permissions: ["echo.get"] },
      401,
      "Invalid token: user with id inactive is not active",
    ],
    [
      "expired",
      { active: true, expirationDate: "2020-01-01T00:00:00.000+00:00", permissions: ["echo.get"] },
      401,
      "Invalid token: user with id expired is not active",
    ],
    [
      "unlisted",
      { active: true, permissions: null },
      400,
      "Unable to retrieve permissions for user with id 'unlisted': User does not exist: unlisted",
    ],
  ])("who is %s is refused everywhere", async (id, user, status, message) => {
    world.users.users.set(id, user);
    const { accessToken } = await world.signIn(id);
    for (const path of ["/echo", "/echo-open"]) {
      const answered = await world.as(accessToken, 0, "GET", path);
      expect([answered.status, answered.text]).toEqual([status, message]);
    }
  });

  it("who does not exist is refused", async () => {
    const { accessToken } = await world.signIn("gone");
    world.users.users.delete("gone");
    const answered = await world.as(accessToken, 0, "GET", "/echo-open");
    expect([answered.status, answered.text]).toEqual([
      401,
      "Invalid token: User with id gone does not exist",
    ]);
  });

  it("is read once, however many calls come at the same time", async () => {
    const { accessToken } = await world.signIn("often");
    const before = world.users.calls.length;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.as(accessToken, 0, "GET", "/echo")),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(world.users.calls.slice(before).sort()).toEqual([
      "GET /perms/users/often/permissions?indexField=userId&expanded=true&full=false",
      "GET /users/often",
    ]);
  });
});

describe("a module that cannot say who a user is", () => {
  it.each(["fails", "garbage"] as const)(
    "and %s: the call is refused with 503, and with nothing else after it",
    async (mode) => {
      const { accessToken } = await world.signIn(`unsure-${mode}`);
      world.users.mode = mode;
      const answered = await world.as(accessToken, 0, "GET", "/echo-open");
      world.users.mode = "works";
      expect(answered.status).toBe(503);
      expect(answered.text).toMatch(
        /^User unsure-\w+ cannot be checked now, because a module does not answer/,
      );
      expect(answered.headers.get("retry-after")).toBe("1");
      expect((await world.as(accessToken, 0, "GET", "/echo-open")).status).toBe(200);
    },
  );

  it("is asked again for the next call, and none is let in meanwhile", async () => {
    const { accessToken } = await world.signIn("held-up");
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    world.users.before = () => held;
    const calling = world.as(accessToken, 0, "GET", "/echo");
    await untilTrue("the module is asked", () => world.users.calls.includes("GET /users/held-up"));
    world.users.users.set("held-up", { active: true, permissions: [] });
    world.users.before = async () => undefined;
    letGo();
    expect((await calling).status).toBe(403);
  });
});

describe("a module", () => {
  it("gets a token of its own where its entry has modulePermissions, the same one for the same caller", async () => {
    const { accessToken } = await world.signIn("carl");
    const one = await world.tokenOfModule(accessToken, "/echo-minted");
    expect(one).not.toBe(accessToken);
    expect(await world.tokenOfModule(accessToken, "/echo-minted")).toBe(one);
    expect(claimsOf(one)).toMatchObject({
      type: "module",
      module: "mod-echo-1.0.0",
      tenant: "diku",
      user_id: "carl",
      sub: "name of carl",
      extra_permissions: ["echo.all"],
    });
  });

  it("holds with it what the permissions of its entry contain, on behalf of the user", async () => {
    const { accessToken } = await world.signIn("dora");
    expect((await world.as(accessToken, 0, "GET", "/echo-inner")).status).toBe(403);
    const minted = await world.tokenOfModule(accessToken, "/echo-minted");
    for (const at of [0, 1]) {
      const answered = await world.as(minted, at, "GET", "/echo-inner");
      expect(answered.status).toBe(200);
      expect(JSON.parse(answered.text)).toMatchObject({ "x-okapi-user-id": "dora" });
      expect((await world.as(minted, at, "GET", "/echo")).status).toBe(200); // the user's own
    }
  });

  it("with very many permissions gets a token that names their set, and holds them", async () => {
    const { accessToken } = await world.signIn("emil");
    const minted = await world.tokenOfModule(accessToken, "/echo-many");
    expect(minted.length).toBeLessThan(1000);
    expect(claimsOf(minted)).toMatchObject({
      extra_permissions: ["SYS#mod-echo-1.0.0#/echo-many#[GET]"],
    });
    expect((await world.as(minted, 1, "GET", "/echo-last")).status).toBe(200);
    expect((await world.as(minted, 1, "GET", "/echo-inner")).status).toBe(403);
  });

  it("cannot open another module's route", async () => {
    expect((await world.as(null, 0, "GET", "/users-told")).status).toBe(400);
  });
});

describe("an operator", () => {
  it.each(["admin", "tenant-admin"])(
    "with role %s acts in the tenant that the header names, by a token that stands for him",
    async (role) => {
      const token = await world.operator(role);
      const answered = await world.as(token, 0, "GET", "/echo");
      expect(answered.status).toBe(200);
      const seen = JSON.parse(answered.text) as Record<string, string>; // what the module got: texts
      expect(claimsOf(seen["x-okapi-token"] ?? "")).toMatchObject({
        type: "system",
        tenant: "diku",
        act: { sub: expect.stringMatching(/^operator:[0-9a-f]+$/) },
      });
      expect(JSON.stringify(seen)).not.toContain(token);
      expect(seen).not.toHaveProperty("x-okapi-user-id");
      // The token that stands for him is of this tenant alone, and no operator's.
      const system = seen["x-okapi-token"] ?? "";
      const north = { "X-Okapi-Tenant": "north", "X-Okapi-Token": system };
      expect((await world.call(1, "GET", "/echo", north)).status).toBe(400);
      expect((await world.call(1, "GET", "/_/octavo/operators", { "X-Okapi-Token": system })).status).toBe(
        403,
      );
    },
  );

  it("is in the audit before he is let in", async () => {
    const token = await world.operator("tenant-admin");
    await world.as(token, 0, "GET", "/echo");
    const id = token.split("_")[2];
    const audit = await world.manage("GET", `/_/octavo/audit?actor=operator:${id}`);
    expect(audit.text).toMatch(/"action" : "tenants.operate"/);
    expect(audit.text).toMatch(/"target" : "diku"/);
  });

  it.each(["viewer", "deployer"])("with role %s is refused", async (role) => {
    const answered = await world.as(await world.operator(role), 0, "GET", "/echo-open");
    expect(answered.status).toBe(403);
    expect(answered.text).toMatch(
      /may not act in tenant diku: it needs one of the roles admin, tenant-admin/,
    );
  });

  it("must name the tenant", async () => {
    const answered = await world.call(0, "GET", "/echo", { "X-Okapi-Token": world.operatorToken });
    expect(answered.status).toBeGreaterThanOrEqual(400);
  });

  it("is out as soon as he is removed", async () => {
    const token = await world.operator("tenant-admin");
    expect((await world.as(token, 0, "GET", "/echo")).status).toBe(200);
    await world.manage("DELETE", `/_/octavo/operators/${token.split("_")[2] ?? ""}`);
    expect((await world.as(token, 0, "GET", "/echo")).status).toBe(401);
  });
});

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}
