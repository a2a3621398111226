import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushingUsersDescriptor } from "../testing/stand-in-descriptors.ts";
import { type Answered, startTenantWorld, type TenantWorld } from "../testing/tenant-world.ts";

/** What a change of users reaches, and how soon, at two gateways whose users module pushes: so no entry ends by itself
 * while these tests run (reliability.md 6, rows 13 and 19). */
let world: TenantWorld;
beforeAll(async () => {
  world = await startTenantWorld(2, { usersModule: pushingUsersDescriptor });
});
afterAll(() => world.close());

/** A goal of 100 ms; a build fails where it has become another kind of thing (DECISIONS 30). */
const mostMs = 500;

function push(body: unknown): Promise<Answered> {
  return world.manage("POST", "/_/octavo/identity/invalidations", { tenantId: "diku", ...(body as object) });
}

/** Asks each gateway from the moment that a call has been answered until it answers `wanted`.
 * @returns how long after it the last other answer was asked for, in milliseconds */
async function lastOther(
  token: string,
  path: string,
  wanted: number,
  ending: Promise<Answered>,
): Promise<number> {
  expect((await ending).status).toBeLessThan(300);
  const answeredAt = performance.now();
  let last = 0;
  for (const at of [0, 1]) {
    for (;;) {
      const askedAt = performance.now();
      if ((await world.as(token, at, "GET", path)).status === wanted) break;
      last = Math.max(last, askedAt - answeredAt);
      if (last > 5000) return last;
    }
  }
  return last;
}

/** Signed in, and known to both gateways. */
async function known(userId: string): Promise<string> {
  const { accessToken } = await world.signIn(userId);
  for (const at of [0, 1]) expect((await world.as(accessToken, at, "GET", "/echo")).status).toBe(200);
  return accessToken;
}

describe("what was read of a user", () => {
  it("is kept where the module pushes", async () => {
    const token = await known("kept");
    const before = world.users.calls.length;
    for (let n = 0; n < 20; n += 1) await world.as(token, n % 2, "GET", "/echo");
    expect(world.users.calls.length).toBe(before);
  });

  it("ends with a push that names him: a permission that was taken is gone at both gateways", async () => {
    const token = await known("demoted");
    world.users.users.set("demoted", { active: true, permissions: [] });
    const last = await lastOther(token, "/echo", 403, push({ changed: ["demoted"] }));
    expect(last).toBeLessThan(mostMs);
    expect((await world.as(token, 1, "GET", "/echo-open")).status).toBe(200);
  });

  it("and a permission that was given is there", async () => {
    world.users.users.set("promoted", { active: true, permissions: [] });
    const { accessToken } = await world.signIn("promoted");
    for (const at of [0, 1]) expect((await world.as(accessToken, at, "GET", "/echo")).status).toBe(403);
    world.users.users.set("promoted", { active: true, permissions: ["echo.get"] });
    expect(await lastOther(accessToken, "/echo", 200, push({ changed: ["promoted"] }))).toBeLessThan(mostMs);
  });

  it("of others stays: a push reads nobody anew whom it does not name", async () => {
    const token = await known("untouched");
    await push({ changed: ["somebody", "else"], ended: ["and-a-third"] });
    const before = world.users.calls.length;
    for (const at of [0, 1]) expect((await world.as(token, at, "GET", "/echo")).status).toBe(200);
    expect(world.users.calls.length).toBe(before);
  });

  it("of everybody ends where a permission set has changed", async () => {
    const [one, two] = [await known("one"), await known("two")];
    for (const id of ["one", "two"]) world.users.users.set(id, { active: true, permissions: [] });
    expect(await lastOther(one, "/echo", 403, push({ everybody: "changed" }))).toBeLessThan(mostMs);
    for (const at of [0, 1]) expect((await world.as(two, at, "GET", "/echo")).status).toBe(403);
  });

  it("before a push is not used after it, also where the reading was under way", async () => {
    const { accessToken } = await world.signIn("racing");
    let reads = 0;
    world.users.before = async () => {
      reads += 1;
      if (reads > 2) return;
      // The old permissions are on their way to the gateway while they change.
      world.users.users.set("racing", { active: true, permissions: ["echo.get"] });
      if (reads < 2) return;
      world.users.before = async () => undefined;
      await push({ changed: ["racing"] });
    };
    const calling = world.as(accessToken, 0, "GET", "/echo");
    const answered = await calling;
    expect(answered.status).toBe(200);
    // Both calls of the first reading, and both of the second one.
    expect(world.users.calls.filter((each) => each.includes("racing")).length).toBe(4);
  });
});

describe("a user who is deactivated", () => {
  it("is out at both gateways, with every token that he has", async () => {
    const token = await known("fired");
    const minted = await world.tokenOfModule(token, "/echo-minted");
    world.users.users.set("fired", { active: false, permissions: ["echo.get"] });
    expect(await lastOther(token, "/echo-open", 401, push({ ended: ["fired"] }))).toBeLessThan(mostMs);
    for (const at of [0, 1]) expect((await world.as(minted, at, "GET", "/echo-open")).status).toBe(401);
  });

  it("is told so where his tokens were not ended", async () => {
    const token = await known("sleeping");
    world.users.users.set("sleeping", { active: false, permissions: ["echo.get"] });
    expect(await lastOther(token, "/echo-open", 401, push({ changed: ["sleeping"] }))).toBeLessThan(mostMs);
    const answered = await world.as(token, 1, "GET", "/echo-open");
    expect(answered.text).toBe("Invalid token: user with id sleeping is not active");
  });
});

describe("a push", () => {
  const asModule = async (path: string) => {
    const token = await world.tokenOfModule((await world.signIn("caller")).accessToken, path);
    return { "X-Okapi-Token": token };
  };
  const url = "/_/octavo/identity/invalidations";

  it("is taken from a module that provides users, for its own tenant, without naming it", async () => {
    const headers = await asModule("/users-told");
    const token = await known("pushed");
    world.users.users.set("pushed", { active: true, permissions: [] });
    const pushed = world.call(1, "POST", url, headers, { changed: ["pushed"] });
    expect(await lastOther(token, "/echo", 403, pushed)).toBeLessThan(mostMs);
    expect((await pushed).headers.get("x-octavo-revision")).toMatch(/^\d+$/);
    const ofNorth = await world.call(1, "POST", url, headers, { tenantId: "north", changed: ["x"] });
    expect(ofNorth.status).toBe(403);
    const ofAll = await world.call(1, "POST", url, headers, { everybody: "ended" });
    expect([ofAll.status, ofAll.text]).toEqual([403, "Only an operator may end all tokens of a tenant"]);
  });

  it("is refused from everybody else", async () => {
    const user = { "X-Okapi-Token": (await world.signIn("caller")).accessToken };
    const viewer = { "X-Okapi-Token": await world.operator("viewer", "deployer") };
    for (const headers of [user, viewer, await asModule("/echo-minted")]) {
      expect((await world.call(0, "POST", url, headers, { changed: ["x"] })).status).toBe(403);
    }
    expect((await world.call(0, "POST", url, {}, { changed: ["x"] })).status).toBe(401);
  });

  it.each([
    ["names nobody", {}],
    ["names an unknown tenant", { tenantId: "nowhere", changed: ["x"] }],
    ["names a user without an id", { changed: [""] }],
    ["names more than a thousand", { changed: Array.from({ length: 1001 }, (_, n) => `u${n}`) }],
    ["has a field that nobody knows", { revoked: ["x"] }],
  ])("that %s is refused", async (_what, body) => {
    expect((await push(body)).status).toBe(400);
  });

  it("of a thousand users is one revision", async () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `u${n}`);
    const revision = async () => Number((await push({ changed: ids })).headers.get("x-octavo-revision"));
    const first = await revision();
    expect(await revision()).toBe(first + 1);
  });
});

describe("a tenant", () => {
  it("whose tokens are ended lets nobody in who came before, and who comes after", async () => {
    const token = await known("before");
    const { refreshToken } = await world.signIn("before");
    expect(await lastOther(token, "/echo-open", 401, push({ everybody: "ended" }))).toBeLessThan(mostMs);
    const refresh = await world.call(
      1,
      "POST",
      "/authn/refresh",
      { "X-Okapi-Tenant": "diku" },
      { refreshToken },
    );
    expect(refresh.status).toBe(401);
    await known("after");
    expect((await world.as(null, 1, "GET", "/echo-public")).status).toBe(200);
    expect((await world.as(world.operatorToken, 0, "GET", "/echo")).status).toBe(200);
  });
});

describe("a module's token", () => {
  it("ends at both gateways when the module is disabled", async () => {
    const token = await known("witness");
    const minted = await world.tokenOfModule(token, "/echo-minted");
    for (const at of [0, 1]) {
      expect((await world.as(minted, at, "GET", "/users-told")).status).toBe(200);
    }
    const steps = [{ id: "mod-echo-1.0.0", action: "disable" }];
    const disabled = world.manage("POST", "/_/proxy/tenants/diku/install?invoke=false", steps);
    expect(await lastOther(minted, "/users-told", 401, disabled)).toBeLessThan(mostMs);
    expect((await world.as(token, 1, "GET", "/users-told")).status).toBe(200);
  });

  it("and everything else of a tenant ends with it, also for the next one of that name", async () => {
    const { accessToken } = await world.signIn("last");
    const headers = { "X-Okapi-Token": world.operatorToken };
    const ids = ["mod-login-1.0.0", "mod-users-1.0.0"];
    const down = ids.map((id) => ({ id, action: "disable" }));
    const up = ids.map((id) => ({ id, action: "enable" }));
    await world.manage("POST", "/_/proxy/tenants/diku/install?invoke=false", down);
    expect((await world.call(0, "DELETE", "/_/proxy/tenants/diku", headers)).status).toBe(204);
    expect((await world.manage("POST", "/_/proxy/tenants", { id: "diku" })).status).toBe(201);
    const again = world.manage("POST", "/_/proxy/tenants/diku/install?invoke=false", up);
    expect(await lastOther(accessToken, "/users-told", 401, again)).toBeLessThan(mostMs);
    for (const at of [0, 1]) {
      expect((await world.as(accessToken, at, "GET", "/users-told")).status).toBe(401);
    }
  });
});
