import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { routesWithoutAnswer } from "@octavo/testing/every-route";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { login } from "./index.ts";
import { type LoginOfTenant, loginOfTenant } from "./testing/login-of-tenant.ts";

let world: LoginOfTenant;
beforeAll(async () => {
  world = await loginOfTenant();
});
afterAll(() => world.close());

const unknown = "00000000-0000-4000-8000-000000000000";
const coded = (code: string) => ({ errors: [{ code }] });
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });

describe("sign-in", () => {
  it("with expiry gives both cookies with mod-login's attributes, and no token in the body", async () => {
    await world.person("ann", "secret one");
    const answer = await world.signIn("ANN", "secret one");
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body as object)).toEqual(["accessTokenExpiration", "refreshTokenExpiration"]);
    const [access = "", refresh = "", ...others] = answer.headers.getSetCookie();
    const date = String.raw`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`;
    expect(access).toMatch(
      new RegExp(
        `^folioAccessToken=access.token; Max-Age=(59[0-9]|600); Expires=${date}; Path=/; Secure; HTTPOnly; SameSite=Lax$`,
        "u",
      ),
    );
    expect(refresh).toMatch(
      new RegExp(
        `^folioRefreshToken=refresh.token; Max-Age=6047\\d\\d|604800; Expires=${date}; Path=/authn; Secure; HTTPOnly; SameSite=Lax$`,
        "u",
      ),
    );
    expect(others).toEqual([]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("without expiry gives the token in head and body", async () => {
    const user = await world.person("legacy", "secret");
    // The id counts where both are given.
    const named = { userId: user.id, username: "ann", password: "secret" };
    const answer = await world.ask("POST /authn/login", named);
    expect(answer).toMatchObject({ status: 201, body: { okapiToken: "legacy.token" } });
    expect(answer.headers.get("x-okapi-token")).toBe("legacy.token");
    expect(world.gateway.calls).toContainEqual({
      request: "POST /token",
      body: { payload: { sub: "legacy", user_id: user.id } },
    });
  });

  it.each<[string, object, number, string]>([
    ["without a name", { password: "x" }, 400, "You must provide a username or userId"],
    ["without a password", { username: "ann" }, 400, "You must provide a password"],
    ["with a name that is none", { username: 7, password: "x" }, 422, "username"],
  ])("%s is refused", async (_of, body, status, message) => {
    for (const path of ["/authn/login", "/authn/login-with-expiry"]) {
      expect(await world.ask(`POST ${path}`, body)).toMatchObject({ status, body: saying(message) });
    }
  });

  it("is refused to whom users calls inactive, whatever the password", async () => {
    const user = await world.person("gone", "secret");
    world.gateway.users.set(user.id, { ...user, active: false });
    for (const password of ["secret", "wrong"]) {
      expect(await world.signIn("gone", password)).toMatchObject({
        status: 422,
        body: coded("user.blocked"),
      });
    }
  });

  it("is 404 where the authority no longer signs so, and 503 where users cannot be asked", async () => {
    await world.person("nowhere", "secret");
    world.gateway.refusals.set("POST /token", 404);
    const body = { username: "nowhere", password: "secret" };
    expect((await world.ask("POST /authn/login", body)).status).toBe(404);
    world.gateway.refusals.set("GET /users", 500);
    expect((await world.ask("POST /authn/login", body)).status).toBe(503);
    world.gateway.refusals.clear();
  });
});

describe("a session", () => {
  const cookie = { cookie: "other=1; folioRefreshToken=mine; folioAccessToken=old" };

  it("is refreshed by its cookie alone", async () => {
    const answer = await world.ask("POST /authn/refresh", undefined, cookie);
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    expect(world.gateway.calls.at(-1)).toEqual({
      request: "POST /token/refresh",
      body: { refreshToken: "mine" },
    });
  });

  it.each(["/authn/refresh", "/authn/logout"])(
    "%s takes no cookie that is missing, empty or there twice",
    async (path) => {
      for (const each of ["a=1", "folioRefreshToken=", "folioRefreshToken=a; folioRefreshToken=b"]) {
        const answer = await world.ask(`POST ${path}`, undefined, { cookie: each });
        expect(answer).toMatchObject({ status: 400, body: coded("token.parse.failure") });
      }
    },
  );

  it.each<[string, string, number, number, string]>([
    ["/authn/refresh", "/token/refresh", 401, 422, "token.refresh.unprocessable"],
    ["/authn/refresh", "/token/refresh", 503, 503, "token.refresh.failure"],
    ["/authn/refresh", "/token/refresh", 500, 500, "token.refresh.failure"],
    ["/authn/logout", "/token/invalidate", 401, 422, "token.logout.unprocessable"],
    ["/authn/logout-all", "/token/invalidate-all", 401, 422, "token.logout.unprocessable"],
  ])("%s, where %s says %i, is %i and keeps the cookies", async (path, route, refused, status, code) => {
    world.gateway.refusals.set(`POST ${route}`, refused);
    const answer = await world.ask(`POST ${path}`, undefined, cookie);
    world.gateway.refusals.clear();
    expect(answer).toMatchObject({ status, body: coded(code) });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it.each(["/authn/logout", "/authn/logout-all"])("%s makes the browser forget it", async (path) => {
    const answer = await world.ask(`POST ${path}`, undefined, cookie);
    expect(answer.status).toBe(204);
    const end = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    expect(answer.headers.getSetCookie()).toEqual([
      `folioAccessToken=; SameSite=None; Secure; Path=/; ${end}`,
      `folioRefreshToken=; SameSite=None; Secure; Path=/authn; ${end}`,
    ]);
  });
});

describe("a password", () => {
  it("is given once, is there, and is taken away", async () => {
    const { id } = await world.person("made", "secret");
    const exists = () => world.ask(`GET /authn/credentials-existence?userId=${id}`);
    expect(await world.ask("POST /authn/credentials", { username: "made", password: "x" })).toMatchObject({
      status: 422,
      body: saying(`There already exists credentials for user id '${id}'`),
    });
    expect((await exists()).body).toEqual({ credentialsExist: true });
    expect((await world.ask(`DELETE /authn/credentials?userId=${id}`)).status).toBe(204);
    expect((await exists()).body).toEqual({ credentialsExist: false });
    expect((await world.ask(`DELETE /authn/credentials?userId=${id}`)).status).toBe(404);
    expect((await world.ask("POST /authn/credentials", { userId: id, password: "" })).status).toBe(422);
    expect((await world.ask("POST /authn/credentials", { username: "nobody", password: "x" })).status).toBe(
      400,
    );
    expect((await world.ask("GET /authn/credentials-existence?userId=7")).status).toBe(400);
  });

  it("is changed by its owner, and remembered as far as the tenant says", async () => {
    const { id } = await world.person("changing", "p0");
    const change = (password: string, newPassword: string) =>
      world.ask("POST /authn/update", { username: "changing", password, newPassword });
    expect((await change("wrong", "x")).status).toBe(401);
    expect((await change("p0", "")).status).toBe(400);
    world.gateway.entries.push({ module: "x", configName: "password.history.number", value: "3" });
    for (const n of [0, 1, 2]) expect((await change(`p${n}`, `p${n + 1}`)).status).toBe(204);
    expect((await world.signIn("changing", "p3")).status).toBe(201);
    expect((await world.signIn("changing", "p0")).status).toBe(422);
    const verdicts = await Promise.all(
      ["p0", "p1", "p2", "p3", "new"].map(async (password) => {
        const { body } = await world.ask("POST /authn/password/repeatable", { password, userId: id });
        return (body as { result: string }).result;
      }),
    );
    world.gateway.entries.length = 0;
    expect(verdicts).toEqual(["valid", "invalid", "invalid", "invalid", "valid"]);
  });

  it("is made, and made anew, by a link that is used once", async () => {
    const user = await world.person("linked");
    const make = async (newPassword: string, uses: number) => {
      const action = {
        id: crypto.randomUUID(),
        userId: user.id,
        expirationTime: "2030-01-01T00:00:00.000+00:00",
      };
      const kept = await world.ask("POST /authn/password-reset-action", action);
      expect((await world.ask(`GET /authn/password-reset-action/${action.id}`)).body).toEqual(action);
      const reset = { passwordResetActionId: action.id, newPassword };
      const answers = await Promise.all(
        Array.from({ length: uses }, () => world.ask("POST /authn/reset-password", reset)),
      );
      expect((await world.ask(`GET /authn/password-reset-action/${action.id}`)).status).toBe(404);
      return { kept: kept.body, statuses: answers.map(({ status }) => status).toSorted((a, b) => a - b) };
    };
    expect(await make("one", 1)).toEqual({ kept: { passwordExists: false }, statuses: [201] });
    expect(await make("two", 5)).toEqual({
      kept: { passwordExists: true },
      statuses: [201, 400, 400, 400, 400],
    });
    expect((await world.signIn("linked", "two")).status).toBe(201);
  });
});

describe("a link", () => {
  const kept = async (userId: string): Promise<string> => {
    const id = crypto.randomUUID();
    const action = { id, userId, expirationTime: "2030-01-01T00:00:00.000+00:00" };
    expect((await world.ask("POST /authn/password-reset-action", action)).status).toBe(201);
    return id;
  };
  const used = (id: string, newPassword: string) =>
    world.ask("POST /authn/reset-password", { passwordResetActionId: id, newPassword });

  it.each<
    [string, string | undefined, (user: { id: string; username: string }) => Promise<{ status: number }>]
  >([
    [
      "is changed by its owner",
      "old",
      ({ username }) => world.ask("POST /authn/update", { username, password: "old", newPassword: "new" }),
    ],
    ["is made anew by another link", "old", async ({ id }) => await used(await kept(id), "new")],
    ["is made by another link", undefined, async ({ id }) => await used(await kept(id), "new")],
    [
      "is made by an administrator",
      undefined,
      ({ id }) => world.ask("POST /authn/credentials", { userId: id, password: "new" }),
    ],
    ["is taken away", "old", ({ id }) => world.ask(`DELETE /authn/credentials?userId=${id.toUpperCase()}`)],
  ])("opens nothing once the password %s", async (change, password, changed) => {
    const user = await world.person(change, password);
    const [link, other] = [await kept(user.id), await kept((await world.person(`beside ${change}`)).id)];
    expect((await changed(user)).status).toBeLessThan(300);
    expect((await world.ask(`GET /authn/password-reset-action/${link}`)).status).toBe(404);
    expect((await used(link, "stolen")).status).toBe(400);
    expect((await world.signIn(change, "stolen")).status).toBe(422);
    expect((await used(other, "mine")).status).toBe(201);
    expect((await used(await kept(user.id), "newest")).status).toBe(201);
  });

  it("that is used while the password is changed, and others of the user with it, lets one of them through", async () => {
    const user = await world.person("hurried", "old");
    const links = await Promise.all(Array.from({ length: 8 }, () => kept(user.id)));
    const change = { username: "hurried", password: "old", newPassword: "changed" };
    const answers = await Promise.all([
      ...links.map((link, n) => used(link, `new ${n}`)),
      world.ask("POST /authn/update", change),
    ]);
    const done = answers.filter(({ status }) => status < 300);
    expect(done).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });
});

describe("events", () => {
  it("are 204 where the tenant logs none", async () => {
    const event = { eventType: "USER_BLOCK", tenant: "north", userId: unknown };
    expect((await world.ask("GET /authn/log/events")).status).toBe(204);
    expect((await world.ask("POST /authn/log/events", event)).status).toBe(204);
    expect((await world.ask(`DELETE /authn/log/events/${unknown}`)).status).toBe(204);
  });

  it("tell who came from where, and no secret", async () => {
    const on = (code: string) => ({ module: "EVENT_LOG", code, enabled: true });
    world.gateway.entries.push(on("STATUS"), on("FAILED_LOGIN_ATTEMPT"), on("SUCCESSFUL_LOGIN_ATTEMPT"));
    const { id } = await world.person("watched", "hush-hush");
    await world.signIn("watched", "my guess", {
      "x-forwarded-for": "6.6.6.6, 10.0.0.9",
      "user-agent": "curl",
    });
    await world.signIn("watched", "hush-hush");
    const { body } = await world.ask(`GET /authn/log/events?query=userId==${id} sortby timestamp`);
    expect(body).toMatchObject({
      loggingEvent: [
        { eventType: "FAILED_LOGIN_ATTEMPT", userId: id, ip: "10.0.0.9", browserInformation: "curl" },
        { eventType: "SUCCESSFUL_LOGIN_ATTEMPT", userId: id, tenant: "north" },
      ],
      totalRecords: 2,
    });
    expect(JSON.stringify(body)).not.toMatch(/guess|hush|token|argon2/u);
    expect((await world.ask(`DELETE /authn/log/events/${id}`)).status).toBe(200);
    expect((await world.ask(`DELETE /authn/log/events/${id}`)).status).toBe(404);
    const event = { eventType: "FAILED_LOGIN_ATTEMPT", tenant: "north", userId: id };
    expect(await world.ask("POST /authn/log/events", event)).toMatchObject({
      status: 201,
      body: { message: expect.stringMatching(/^Event id: \S{36} was successfully saved/u) as string },
    });
    world.gateway.entries.length = 0;
  });
});

describeWithFolio("the descriptor of mod-login 7.11.2", () => {
  const ours = descriptorOf(login) as ComparedDescriptor; // as: what a descriptor is

  it("has the interface, the routes and the permissions that ours has", () => {
    const real = realDescriptor("mod-login");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });

  it("has no route that ours does not answer", async () => {
    expect(
      await routesWithoutAnswer(realDescriptor("mod-login"), (request, body) => world.ask(request, body)),
    ).toEqual([]);
  });
});
