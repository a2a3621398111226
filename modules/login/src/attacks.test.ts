import { pbkdf2Sync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoginOfTenant, loginOfTenant } from "./testing/login-of-tenant.ts";

let world: LoginOfTenant;
beforeAll(async () => {
  world = await loginOfTenant({ OCTAVO_LOGIN_ACCOUNT_FAILURES_PER_MINUTE: "0" });
});
afterAll(() => world.close());

interface Refused {
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}
const codeOf = ({ status, body }: { readonly status: number; readonly body: unknown }): string =>
  status === 201 ? "in" : ((body as Refused).errors[0]?.code ?? "none");

/** The codes of so many wrong passwords, one after the other. */
async function guesses(username: string, count: number): Promise<readonly string[]> {
  const codes: string[] = [];
  for (let n = 0; n < count; n++) codes.push(codeOf(await world.signIn(username, `guess ${n}`)));
  return codes;
}

const upToTheBlock = [
  "password.incorrect",
  "password.incorrect",
  "password.incorrect.warn.user",
  "password.incorrect",
  "password.incorrect.block.user",
];

describe("guessing", () => {
  it("is told the same of a user, of one without a password, and of nobody", async () => {
    await world.person("somebody", "secret");
    await world.person("passwordless");
    for (const name of ["somebody", "passwordless", "nobody"]) {
      expect(await guesses(name, 7)).toEqual([...upToTheBlock, "user.blocked", "user.blocked"]);
    }
    const [known, unknown] = [await world.signIn("somebody", "x"), await world.signIn("nobody", "x")];
    expect(known.body).toEqual(unknown.body);
    expect([...known.headers.keys()]).toEqual([...unknown.headers.keys()]);
  });

  it("makes the user inactive at the fifth, so that the right password is refused too", async () => {
    const { id } = await world.person("locked", "secret");
    await guesses("locked", 5);
    expect(world.gateway.users.get(id)).toMatchObject({ active: false, username: "locked" });
    expect(codeOf(await world.signIn("locked", "secret"))).toBe("user.blocked");
    world.gateway.users.set(id, { id, username: "locked", active: true }); // an administrator
    expect(codeOf(await world.signIn("locked", "secret"))).toBe("in");
    expect((await world.ask(`GET /authn/loginAttempts/${id}`)).body).toMatchObject({
      userId: id,
      attemptCount: 0,
    });
  });

  it("in parallel gets no more answers than one after the other", async () => {
    const { id } = await world.person("stormed", "secret");
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => world.signIn("stormed", `guess ${n}`)),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code !== "user.blocked").toSorted()).toEqual(upToTheBlock.toSorted());
    expect(world.gateway.users.get(id)).toMatchObject({ active: false });
  });

  it("stays refused while users cannot be told, and is told by whoever comes next", async () => {
    const { id } = await world.person("untold", "secret");
    world.gateway.refusals.set(`PUT /users/${id}`, 500);
    await guesses("untold", 5);
    expect(world.gateway.users.get(id)).toMatchObject({ active: true });
    expect(codeOf(await world.signIn("untold", "secret"))).toBe("user.blocked");
    world.gateway.refusals.clear();
    expect(codeOf(await world.signIn("untold", "secret"))).toBe("user.blocked");
    expect(world.gateway.users.get(id)).toMatchObject({ active: false });
  });

  it("by way of the password change counts as well", async () => {
    const { id } = await world.person("changed", "secret");
    for (let n = 0; n < 5; n++) {
      const body = { userId: id, password: `guess ${n}`, newPassword: "mine" };
      expect((await world.ask("POST /authn/update", body)).status).toBe(401);
    }
    expect(world.gateway.users.get(id)).toMatchObject({ active: false });
  });

  it("follows what the tenant has set", async () => {
    const set = (code: string, value: string) =>
      world.gateway.entries.push({ module: "USERSBL", code, value });
    set("login.fail.attempts", "2");
    set("login.fail.to.warn.attempts", "1");
    await world.person("strict", "secret");
    expect(await guesses("strict", 2)).toEqual([
      "password.incorrect.warn.user",
      "password.incorrect.block.user",
    ]);
    world.gateway.entries.length = 0;
  });

  it.each([
    'a" or cql.allRecords=1 or username=="',
    "*",
    "?",
    "a\\",
    "^",
    "'; drop table auth_credentials; --",
    "\u0000",
  ])("a name like %j is a name that nobody has", async (name) => {
    const answer = await world.signIn(name, "x");
    expect(answer.status).toBe(422);
  });
});

it("a storm of right passwords lets everybody in", async () => {
  await world.person("popular", "secret");
  const answers = await Promise.all(Array.from({ length: 60 }, () => world.signIn("popular", "secret")));
  expect(new Set(answers.map(codeOf))).toEqual(new Set(["in"]));
});

it("takes nothing but JSON, which no form of another site can send", async () => {
  await world.person("form", "secret");
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const answer = await world.ask(
      "POST /authn/login-with-expiry",
      { username: "form", password: "secret" },
      { "content-type": type },
    );
    expect([415, 422]).toContain(answer.status);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
});

it("the hash of mod-login lets its owner in once, and is Argon2id from then on", async () => {
  const { id } = await world.person("moved");
  const salt = "0A".repeat(20);
  const hash = pbkdf2Sync("secret", Buffer.from(salt, "hex"), 1000, 20, "sha1").toString("hex").toUpperCase();
  await world.ask("PUT /stored", { userId: id, hash, salt });
  expect(codeOf(await world.signIn("moved", "wrong"))).toBe("password.incorrect");
  expect((await world.ask(`GET /stored?userId=${id}`)).body).toMatchObject({ hash, salt });
  expect(codeOf(await world.signIn("moved", "secret"))).toBe("in");
  const { body } = await world.ask(`GET /stored?userId=${id}`);
  expect(body).toMatchObject({ hash: expect.stringMatching(/^\$argon2id\$/u) as string });
  expect(body).not.toHaveProperty("salt");
  expect(codeOf(await world.signIn("moved", "secret"))).toBe("in");
  expect(codeOf(await world.signIn("moved", "wrong"))).toBe("password.incorrect");
});

describe("a minute's bound", () => {
  let bounded: LoginOfTenant;
  beforeAll(async () => {
    bounded = await loginOfTenant({
      OCTAVO_LOGIN_FAIL_ATTEMPTS: "0",
      OCTAVO_LOGIN_ACCOUNT_FAILURES_PER_MINUTE: "6",
      OCTAVO_LOGIN_ADDRESS_FAILURES_PER_MINUTE: "10",
    });
  });
  afterAll(() => bounded.close());
  const from = (address: string) => ({ "x-forwarded-for": `1.2.3.4, ${address}` });

  it.each(["bounded", "nobody at all"])("of an account holds at every instance (%s)", async (name) => {
    if (name === "bounded") await bounded.person(name, "secret");
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) statuses.push((await bounded.signIn(name, "x", from(`10.1.1.${n}`))).status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 422, 429, 429]);
    const last = await bounded.signIn(name, "secret", from("10.1.1.99"));
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("of an address holds whatever names come from it, and for no other", async () => {
    await bounded.person("neighbour", "secret");
    for (let n = 0; n < 10; n++) await bounded.signIn(`name ${n}`, "x", from("10.2.2.2"));
    expect((await bounded.signIn("neighbour", "secret", from("10.2.2.2"))).status).toBe(429);
    expect((await bounded.signIn("neighbour", "secret", from("10.2.2.3"))).status).toBe(201);
  });
});

it("who comes while too many wait is told to come again, and nothing is counted", async () => {
  const busy = await loginOfTenant({
    OCTAVO_LOGIN_HASHES_AT_ONCE: "1",
    OCTAVO_LOGIN_MOST_WAITING: "0",
    OCTAVO_LOGIN_ARGON2_MEMORY_KIB: "8192",
  });
  await busy.person("busy", "secret");
  const answers = await Promise.all(Array.from({ length: 30 }, () => busy.signIn("busy", "secret")));
  const statuses = new Set(answers.map(({ status }) => status));
  const later = await busy.signIn("busy", "secret");
  await busy.close();
  expect(statuses).toEqual(new Set([201, 503]));
  expect(later.status).toBe(201);
});
