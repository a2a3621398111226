import { askingUserId } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { linkToken, type UsersBlOfTenant, usersBlOfTenant } from "../testing/users-bl-of-tenant.ts";

let world: UsersBlOfTenant;
beforeAll(async () => {
  world = await usersBlOfTenant({ OCTAVO_FORGOTTEN_ACCOUNT_PER_HOUR: "0" });
});
afterAll(() => world.close());

const ann = { id: askingUserId, username: "ann", active: true, personal: { email: "ann@x.org" } };
const code = (value: string) => ({ errors: [expect.objectContaining({ code: value }) as object] });
const link = "POST /bl-users/password-reset/link";
const setting = (name: string, value: string, more: object = {}) => ({
  module: "USERSBL",
  code: name,
  value,
  ...more,
});
const set = (...configs: readonly object[]) =>
  world.others.answers.set("GET /configurations/entries", { body: { configs } });
const sent = (request: string) => world.others.calls.filter((call) => call.request === request);

/** A time so many minutes from the machine's own. */
const inMinutes = (minutes: number) =>
  new Date(performance.timeOrigin + performance.now() + minutes * 60_000).toISOString();

beforeEach(() => {
  const { answers, calls } = world.others;
  answers.clear();
  calls.length = 0;
  set();
  answers.set(`GET /users/${ann.id}`, { body: ann });
  answers.set("GET /users/nobody", { status: 404, body: "Not found" });
  answers.set("GET /users", ({ query }) => {
    const users = query.includes("several") ? [ann, { ...ann, id: "2" }] : query.includes("ann") ? [ann] : [];
    return {
      body: {
        users: query.includes("ann-away") ? [{ ...ann, active: false }] : users,
        totalRecords: users.length,
      },
    };
  });
  answers.set("POST /authn/password-reset-action", { status: 201, body: { passwordExists: true } });
  answers.set("POST /token", { status: 201, body: { token: "t.o.k" } });
  answers.set("POST /notify", { status: 201, body: {} });
  answers.set("GET /notify", { status: 403, body: "no" });
  answers.set("POST /password/validate", { body: { result: "valid", messages: [] } });
  answers.set("POST /authn/update", { status: 204 });
  answers.set("POST /authn/reset-password", { status: 201, body: { isNewPassword: false } });
});

describe("a link to a password", () => {
  it("is kept, signed for two routes, and told with the settings of the tenant", async () => {
    set(
      setting("FOLIO_HOST", "https://x.org"),
      setting("RESET_PASSWORD_UI_PATH", "/new"),
      setting("RESET_PASSWORD_LINK_EXPIRATION_TIME", "2"),
      setting("RESET_PASSWORD_LINK_EXPIRATION_UNIT_OF_TIME", "DAYS"),
      setting("FOLIO_HOST", "https://off.org", { enabled: false }),
    );
    const made = await world.ask(link, { userId: ann.id });
    expect(made).toMatchObject({ status: 200, body: { link: "https://x.org/new/t.o.k?tenant=north" } });
    const [kept] = sent("POST /authn/password-reset-action").map(({ body }) => body);
    const { id, expirationTime } = kept as { id: string; expirationTime: string }; // as: it fails where nothing was sent
    const minutes = (Date.parse(expirationTime) - Date.parse(inMinutes(0))) / 60_000;
    expect(minutes).toBeGreaterThan(2 * 1440 - 5);
    expect(minutes).toBeLessThan(2 * 1440 + 5);
    expect(sent("POST /token")[0]?.body).toEqual({
      payload: {
        sub: `UNDEFINED_USER__RESET_PASSWORD_${id}`,
        dummy: true,
        extra_permissions: ["users-bl.password-reset-link.validate", "users-bl.password-reset-link.reset"],
      },
    });
    expect(sent("POST /notify")[0]?.body).toMatchObject({
      eventConfigName: "RESET_PASSWORD_EVENT",
      recipientId: ann.id,
      lang: "en",
      text: "",
      context: {
        user: ann,
        link: "https://x.org/new/t.o.k?tenant=north",
        expirationTime: "2",
        expirationUnitOfTime: "DAYS",
      },
    });
  });

  it("is for a first password too, lasts four weeks at most, and is given where nothing can be sent", async () => {
    const { answers } = world.others;
    answers.delete("GET /configurations/entries");
    answers.set("POST /authn/password-reset-action", { status: 201, body: { passwordExists: false } });
    answers.set("POST /token", { status: 404, body: "Not found" });
    answers.set("POST /token/sign", { status: 201, body: { token: "s" } });
    expect((await world.ask(link, { userId: ann.id })).body).toEqual({
      link: "http://localhost:3000/reset-password/s?tenant=north",
    });
    expect(sent("POST /notify")[0]?.body).toMatchObject({
      eventConfigName: "CREATE_PASSWORD_EVENT",
      context: { expirationTime: "24", expirationUnitOfTime: "hours" },
    });
    set(
      setting("RESET_PASSWORD_LINK_EXPIRATION_TIME", "50"),
      setting("RESET_PASSWORD_LINK_EXPIRATION_UNIT_OF_TIME", "weeks"),
    );
    answers.delete("POST /notify");
    expect((await world.ask(link, { userId: ann.id })).status).toBe(200);
    expect(sent("POST /notify")[1]?.body).toMatchObject({
      context: { expirationTime: "4", expirationUnitOfTime: "weeks" },
    });
  });

  it.each<[string, () => void, number, string]>([
    [
      "nobody",
      () => world.others.answers.set(`GET /users/${ann.id}`, { status: 404 }),
      422,
      "user.not-found",
    ],
    [
      "a user without a name",
      () => world.others.answers.set(`GET /users/${ann.id}`, { body: { id: ann.id } }),
      422,
      "user.absent-username",
    ],
    [
      "a time that is none",
      () => set(setting("RESET_PASSWORD_LINK_EXPIRATION_TIME", "soon")),
      422,
      "link.invalid",
    ],
    [
      "settings that cannot be read",
      () => world.others.answers.set("GET /configurations/entries", { status: 500 }),
      503,
      "configuration-unavailable",
    ],
    [
      "an authority that does not sign",
      () => world.others.answers.set("POST /token", { status: 500 }),
      503,
      "authtoken-unavailable",
    ],
    [
      "a login that does not keep it",
      () => world.others.answers.set("POST /authn/password-reset-action", { status: 500 }),
      503,
      "login-unavailable",
    ],
  ])("is not made for %s", async (_what, arrange, status, errorCode) => {
    arrange();
    expect(await world.ask(link, { userId: ann.id })).toMatchObject({ status, body: code(errorCode) });
    expect(sent("POST /notify")).toEqual([]);
  });
});

describe("a password made by a link", () => {
  const id = "11111111-2222-4333-8444-555555555555";
  const token = { userId: null, headers: { "x-okapi-token": linkToken(id), "x-forwarded-for": "1.1.1.1" } };
  const reset = (as: object = token) =>
    world.ask("POST /bl-users/password-reset/reset", { newPassword: "new" }, as);
  const validate = (as: object = token) => world.ask("POST /bl-users/password-reset/validate", undefined, as);
  const action = (more: object = {}) =>
    world.others.answers.set(`GET /authn/password-reset-action/${id}`, {
      body: { id, userId: ann.id, expirationTime: inMinutes(5), ...more },
    });

  it("is taken, from where its owner comes, and told", async () => {
    action();
    expect((await validate()).status).toBe(204);
    expect((await reset()).status).toBe(204);
    expect(sent("POST /password/validate")[0]?.body).toEqual({ userId: ann.id, password: "new" });
    expect(sent("POST /authn/reset-password")[0]).toMatchObject({
      body: { passwordResetActionId: id, newPassword: "new" },
      headers: { "x-forwarded-for": "1.1.1.1" },
    });
    expect(sent("POST /notify")[0]?.body).toMatchObject({ eventConfigName: "PASSWORD_CHANGED_EVENT" });
    world.others.answers.set("POST /authn/reset-password", { status: 201, body: { isNewPassword: true } });
    world.others.answers.set("POST /notify", { status: 500 });
    expect((await reset()).status).toBe(204);
    expect(sent("POST /notify")[1]?.body).toMatchObject({ eventConfigName: "PASSWORD_CREATED_EVENT" });
  });

  it.each<[string, () => void, string]>([
    ["that was used", () => {}, "link.used"],
    ["that has expired", () => action({ expirationTime: inMinutes(-1) }), "link.expired"],
    ["with a time that is none", () => action({ expirationTime: "never" }), "link.expired"],
    ["of somebody who is gone", () => action({ userId: "nobody" }), "link.invalid"],
  ])("%s is refused", async (_what, arrange, errorCode) => {
    world.others.answers.set(`GET /authn/password-reset-action/${id}`, { status: 404, body: "Not found" });
    arrange();
    for (const answer of [await validate(), await reset()]) {
      expect(answer).toMatchObject({ status: 422, body: code(errorCode) });
    }
    expect(sent("POST /authn/reset-password")).toEqual([]);
  });

  it.each<[string, object]>([
    ["a user's token, whatever its permissions", { headers: token.headers }],
    ["another subject", { userId: null, headers: { "x-okapi-token": linkToken(id, "admin") } }],
    ["no payload", { userId: null, headers: { "x-okapi-token": "a.b.c" } }],
    ["no token", { userId: null }],
  ])("is not made with %s", async (_what, as) => {
    action();
    for (const answer of [await validate(as), await reset(as)]) {
      expect(answer).toMatchObject({ status: 422, body: code("link.invalid") });
    }
    expect(world.others.calls).toEqual([]);
  });

  it("follows the rules, and is taken from one of two that come at once", async () => {
    action();
    world.others.answers.set("POST /password/validate", {
      body: { result: "invalid", messages: ["password.length.invalid"] },
    });
    expect(await reset()).toMatchObject({ status: 422, body: code("password.length.invalid") });
    world.others.answers.set("POST /password/validate", { status: 500 });
    expect(await reset()).toMatchObject({ status: 503, body: code("password-validator-unavailable") });
    expect(sent("POST /authn/reset-password")).toEqual([]);
    world.others.answers.set("POST /password/validate", { body: { result: "valid", messages: [] } });
    world.others.answers.set("POST /authn/reset-password", { status: 400, body: "gone" });
    expect(await reset()).toMatchObject({ status: 422, body: code("link.used") });
  });

  it("does not take an unreachable login for a link that was used", async () => {
    world.others.answers.set(`GET /authn/password-reset-action/${id}`, { status: 500, body: "broken" });
    expect(await reset()).toMatchObject({ status: 503, body: code("login-unavailable") });
  });
});

describe("one's own password", () => {
  const change = "POST /bl-users/settings/myprofile/password";
  const body = { username: "ann", userId: ann.id, password: "old", newPassword: "new" };

  it("is changed where the rules and login agree", async () => {
    const headers = { "x-forwarded-for": "1.1.1.1", "user-agent": "Firefox" };
    expect((await world.ask(change, body, { headers })).status).toBe(204);
    expect(sent("POST /authn/update")[0]).toMatchObject({
      body: { userId: ann.id, password: "old", newPassword: "new" },
      headers,
    });
    world.others.answers.set("POST /authn/update", {
      status: 401,
      body: { errors: [{ message: "Invalid credentials", code: "unauthorized" }] },
    });
    expect(await world.ask(change, body)).toMatchObject({ status: 401, body: code("unauthorized") });
    world.others.answers.set("POST /password/validate", {
      body: { result: "invalid", messages: ["a", "b"] },
    });
    expect(await world.ask(change, body)).toMatchObject({
      status: 400,
      body: { errors: [{ code: "a" }, { code: "b" }] },
    });
    expect(sent("POST /authn/update")).toHaveLength(2);
  });

  it("is one's own: former ones of others are not tried by it", async () => {
    expect(
      (await world.ask(change, { ...body, userId: "22222222-2222-4222-8222-222222222222" })).status,
    ).toBe(403);
    expect((await world.ask(change, body, { userId: null })).status).toBe(401);
    expect(world.others.calls).toEqual([]);
  });
});

describe("a forgotten name or password", () => {
  const password = "POST /bl-users/forgotten/password";
  const username = "POST /bl-users/forgotten/username";
  const ask = (request: string, id: string, headers: Record<string, string> = {}) =>
    world.ask(request, { id }, { userId: null, headers });
  const comparable = ({ status, body, headers }: Awaited<ReturnType<typeof ask>>) => ({
    status,
    body,
    headers: [...headers.keys()].toSorted(),
  });

  it("is sent to the user that there is", async () => {
    expect((await ask(password, "ann@x.org")).status).toBe(204);
    expect(sent("POST /notify")[0]?.body).toMatchObject({
      eventConfigName: "RESET_PASSWORD_EVENT",
      recipientId: ann.id,
    });
    expect(sent("GET /users")[0]?.query).toBe(
      "personal.email == ann@x.org or personal.phone == ann@x.org or personal.mobilePhone == ann@x.org or username == ann@x.org",
    );
    expect((await ask(username, "ann")).status).toBe(204);
    expect(sent("POST /notify")[1]?.body).toMatchObject({
      eventConfigName: "USERNAME_LOCATED_EVENT",
      recipientId: ann.id,
      context: { user: ann },
    });
  });

  it("is looked for in the fields that the tenant has set, letter by letter", async () => {
    set(setting("userName", "username"), setting("phoneNumber", "personal.phone, personal.mobilePhone"));
    await ask(password, "an*n");
    expect(sent("GET /users")[0]?.query).toBe(
      String.raw`username == "an\*n" or personal.phone == "an\*n" or personal.mobilePhone == "an\*n"`,
    );
    await ask(username, 'x" or cql.allRecords=1 or a="');
    expect(sent("GET /users")[1]?.query).toContain(
      String.raw`personal.phone == "x\" or cql.allRecords=1 or a=\""`,
    );
  });

  it.each([password, username])(
    "%s is answered alike for somebody, nobody, several, an inactive one, and when sending fails",
    async (request) => {
      const expected = comparable(await ask(request, "ann"));
      expect(expected.status).toBe(204);
      for (const id of ["zoe", "several", "ann-away", "'; drop table users; --"]) {
        expect(comparable(await ask(request, id))).toEqual(expected);
      }
      expect(sent("POST /notify")).toHaveLength(1);
      for (const failing of ["POST /notify", "POST /token", "POST /authn/password-reset-action"]) {
        world.others.answers.set(failing, { status: 500, body: "broken" });
        expect(comparable(await ask(request, "ann"))).toEqual(expected);
      }
    },
  );

  it.each([
    ["notify", "GET /notify", 501, "notify-missing"],
    ["settings", "GET /configurations/entries", 503, "configuration-unavailable"],
    ["users", "GET /users", 503, "users-unavailable"],
  ])("without %s is an error for everybody", async (_what, missing, status, errorCode) => {
    if (missing === "GET /notify") world.others.answers.delete(missing);
    else world.others.answers.set(missing, { status: 500, body: "broken" });
    for (const id of ["ann", "zoe"]) {
      expect(await ask(password, id)).toMatchObject({ status, body: code(errorCode) });
    }
  });

  it("needs something to look for", async () => {
    for (const body of [{}, { id: " " }]) {
      expect((await world.ask(password, body, { userId: null })).status).toBe(400);
    }
    expect((await world.ask(password, { id: "a\u0000" }, { userId: null })).status).toBe(422);
  });

  it("is answered no earlier for nobody than for somebody", async () => {
    const slow = await usersBlOfTenant({ OCTAVO_FORGOTTEN_ANSWER_MS: "300" });
    slow.others.answers.set("GET /notify", { status: 403 });
    slow.others.answers.set("GET /users", { body: { users: [], totalRecords: 0 } });
    const began = performance.now();
    const { status } = await slow.ask(password, { id: "zoe" }, { userId: null });
    const tookMs = performance.now() - began;
    await slow.close();
    expect(status).toBe(204);
    expect(tookMs).toBeGreaterThanOrEqual(295);
  });

  it("is bounded for what is typed, for an address and for a user, at every instance", async () => {
    const bounded = await usersBlOfTenant({
      OCTAVO_FORGOTTEN_ACCOUNT_PER_HOUR: "3",
      OCTAVO_FORGOTTEN_ADDRESS_PER_HOUR: "10",
    });
    for (const [request, answer] of world.others.answers) bounded.others.answers.set(request, answer);
    const from = (address: string) => ({
      userId: null,
      headers: { "x-forwarded-for": `9.9.9.9, ${address}` },
    });
    const statuses = async (ids: readonly string[], address: string) => {
      const found: number[] = [];
      for (const id of ids) found.push((await bounded.ask(password, { id }, from(address))).status);
      return found;
    };
    expect(await statuses(["zoe", "zoe", "ZOE ", "zoe"], "1.1.1.1")).toEqual([204, 204, 204, 429]);
    const names = Array.from({ length: 8 }, (_, n) => `ann${n}`);
    expect(await statuses(names, "2.2.2.2")).toEqual(names.map(() => 204));
    expect(bounded.others.calls.filter(({ request }) => request === "POST /notify")).toHaveLength(3);
    expect(await statuses(["a", "b", "c"], "2.2.2.2")).toEqual([204, 204, 429]);
    const storm = await Promise.all(
      Array.from({ length: 20 }, () => bounded.ask(password, { id: "storm" }, from("3.3.3.3"))),
    );
    const later = storm.find(({ status }) => status === 429);
    await bounded.close();
    expect(storm.filter(({ status }) => status === 204)).toHaveLength(3);
    expect(Number(later?.headers.get("retry-after"))).toBeGreaterThan(3000);
  });
});
