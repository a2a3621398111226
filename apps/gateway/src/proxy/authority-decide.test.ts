import { createHash, verify as verifyBytes } from "node:crypto";
import { defaultIdentityPolicy } from "@octavo/identity";
import { createSigningKey } from "@octavo/tokens";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuthorityInTest, authorityInTest, tenantWith } from "../testing/authority-in-test.ts";
import { echoDescriptor, pushingUsersDescriptor } from "../testing/stand-in-descriptors.ts";
import { startUsersModule, type UsersModule } from "../testing/stand-in-modules.ts";
import { withoutDatabase } from "@octavo/testing/without-database";
import type { AuthorityDecision } from "./tenant-authority.ts";

/** The authority alone: registries, real modules, no listener. */
let database: FreshDatabase;
let users: UsersModule;
const opened: AuthorityInTest[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  users = await startUsersModule();
  users.users.set("ann", { active: true, permissions: ["echo.get"] });
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await users.close();
  await database.drop();
});

async function open(options: Parameters<typeof authorityInTest>[1] = {}): Promise<AuthorityInTest> {
  const authority = await authorityInTest(database.url, options);
  opened.push(authority);
  return authority;
}

async function withTenant(options: Parameters<typeof authorityInTest>[1] = {}): Promise<AuthorityInTest> {
  const authority = await open(options);
  const modules = [
    [pushingUsersDescriptor, users.url],
    [echoDescriptor, users.url],
  ] as const;
  await authority.put(...tenantWith("diku", modules));
  await authority.put(
    { kind: "tenant.put", tenant: { id: "north", name: null, description: null } },
    { kind: "tenant.modules", tenantId: "north", enable: modules.map(([{ id }]) => id), disable: [] },
  );
  return authority;
}

const ann = { userId: "ann", username: "Ann" };

describe("what is known", () => {
  it("is answered at once: a user, his module's token, nobody", async () => {
    const authority = await withTenant();
    const token = authority.issuer.legacy("diku", ann);
    const paths = ["/echo", "/echo-open", "/echo-minted"];
    const first = authority.decide("diku", token, "/echo");
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toMatchObject({ kind: "allowed", userId: "ann", permissions: '["echo.get"]' });
    for (const path of paths) {
      for (const time of ["once", "again"]) {
        expect([path, time, authority.decide("diku", token, path)]).toMatchObject([
          path,
          time,
          { kind: "allowed" },
        ]);
      }
    }
    expect(authority.decide("diku", null, "/echo-public")).toMatchObject({ kind: "allowed", userId: null });
    expect(authority.decide("diku", null, "/echo")).toMatchObject({ kind: "refused", status: 400 });
    expect(authority.decide("diku", `${token}x`, "/echo")).toMatchObject({ kind: "refused", status: 401 });
  });

  it("costs a small part of what it costs to check one signature", async () => {
    const authority = await withTenant();
    const tokens = Array.from({ length: 100 }, () => authority.issuer.legacy("diku", ann));
    for (const token of tokens) await authority.decide("diku", token, "/echo");
    const { publicKey } = createSigningKey(Buffer.alloc(32, 1));
    const signed = Buffer.from(tokens[0] ?? "");
    const signature = Buffer.alloc(64);
    const timeOf = (work: (n: number) => unknown): number => {
      for (let n = 0; n < 2000; n += 1) work(n);
      const startedAt = performance.now();
      for (let n = 0; n < 10_000; n += 1) work(n);
      return (performance.now() - startedAt) / 10_000;
    };
    const decideMs = timeOf((n) => authority.decide("diku", tokens[n % 100] ?? "", "/echo"));
    const verifyMs = timeOf(() => verifyBytes(null, signed, publicKey, signature));
    expect(decideMs).toBeLessThan(verifyMs / 4);
  });

  it("of one tenant is nothing for another: a token that was verified is not let in there", async () => {
    const authority = await withTenant();
    const token = authority.issuer.legacy("diku", ann);
    expect(await authority.decide("diku", token, "/echo")).toMatchObject({ kind: "allowed" });
    const elsewhere = authority.decide("north", token, "/echo");
    expect(elsewhere).toEqual({
      kind: "refused",
      status: 403,
      message: "Invalid token",
      retryAfterSeconds: null,
    });
    const ofNorth = authority.issuer.legacy("north", ann);
    users.users.set("ann", { active: true, permissions: [] });
    // The same user id is another user there: he is read for himself.
    expect(await authority.decide("north", ofNorth, "/echo")).toMatchObject({ status: 403 });
    expect(authority.decide("diku", token, "/echo")).toMatchObject({ kind: "allowed" });
    const north = await authority.decide("north", ofNorth, "/echo-minted");
    expect(claimsOf(north)).toMatchObject({ tenant: "north" });
    expect(claimsOf(authority.decide("diku", token, "/echo-minted") as AuthorityDecision)).toMatchObject({
      tenant: "diku",
    });
  });
});

describe("what has ended meanwhile", () => {
  it("is refused although its token was verified before: the key is gone", async () => {
    const authority = await withTenant();
    const token = authority.issuer.legacy("diku", ann);
    expect(await authority.decide("diku", token, "/echo")).toMatchObject({ kind: "allowed" });
    const [kid = ""] = authority.registry.snapshot.signingKeys.keys();
    await authority.put({ kind: "signing-key.removed", kid });
    expect(authority.decide("diku", token, "/echo")).toMatchObject({ kind: "refused", status: 401 });
  });

  it("is refused where it ended while its user was read", async () => {
    const authority = await withTenant();
    const token = authority.issuer.legacy("diku", ann);
    users.before = async () => {
      users.before = async () => undefined;
      const nobody = { everybody: "untouched", changed: [], at: 0 } as const;
      await authority.put({ kind: "identity.changed", tenantId: "diku", ...nobody, ended: ["ann"] });
    };
    expect(await authority.decide("diku", token, "/echo")).toMatchObject({ kind: "refused", status: 401 });
  });
});

describe("an operator's token", () => {
  const operatorToken = "a".repeat(40);
  const operator = {
    id: "env",
    name: "one",
    roles: ["tenant-admin"],
    tokenHash: createHash("sha256").update(operatorToken).digest("hex"),
    createdAt: "2026-01-01T00:00:00.000Z",
  };
  const audited = async (): Promise<number> =>
    (await query(database.url, "select from octavo.audit where action = 'tenants.operate'")).length;

  it("stands for a system token that is kept, and audited once for as long as it is", async () => {
    const authority = await withTenant();
    await authority.put({ kind: "operator.put", operator });
    const first = await authority.decide("diku", operatorToken, "/echo");
    expect(claimsOf(first)).toMatchObject({ type: "system", act: { sub: "operator:env" } });
    expect(authority.decide("diku", operatorToken, "/echo")).toEqual(first);
    expect(await audited()).toBe(1);
    // Its tenant's tokens end: it stands for a new one.
    const all = { everybody: "ended", changed: [], ended: [], at: 0 } as const;
    await authority.put({ kind: "identity.changed", tenantId: "diku", ...all });
    const later = await authority.decide("diku", operatorToken, "/echo");
    expect(claimsOf(later)).toMatchObject({ type: "system", epoch: 1 });
    expect(await audited()).toBe(2);
  });

  it("stands for a new one after a while, in the audit again", async () => {
    const authority = await withTenant({ policy: { ...defaultIdentityPolicy, keptShare: 0 } });
    await authority.put({ kind: "operator.put", operator });
    for (let time = 0; time < 3; time += 1) await authority.decide("diku", operatorToken, "/echo");
    expect(await audited()).toBe(3);
  });

  it("is good for nothing where the tenant is not named, where it cannot be audited, or without the role", async () => {
    const authority = await withTenant();
    await authority.put({ kind: "operator.put", operator });
    expect(authority.decide("diku", operatorToken, "/echo", false)).toMatchObject({
      kind: "refused",
      status: 400,
      message: expect.stringContaining("X-Okapi-Tenant"),
    });
    await withoutDatabase(database.url, async () => {
      expect(await authority.decide("diku", operatorToken, "/echo")).toMatchObject({ status: 503 });
    });
    const viewer = { ...operator, roles: ["viewer"] };
    await expect
      .poll(() =>
        authority.put({ kind: "operator.put", operator: viewer }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(authority.decide("diku", operatorToken, "/echo")).toMatchObject({ status: 403 });
  });
});

describe("without the database", () => {
  it("tokens count on, and after too long those that may have been ended meanwhile do not", async () => {
    const mostSilenceMs = 1000;
    const authority = await withTenant({ policy: { ...defaultIdentityPolicy, mostSilenceMs } });
    const token = authority.issuer.legacy("diku", ann);
    expect(await authority.decide("diku", token, "/echo")).toMatchObject({ kind: "allowed" });
    await withoutDatabase(database.url, async () => {
      const before = authority.registry.clock.now();
      expect(authority.decide("diku", token, "/echo")).toMatchObject({ kind: "allowed" });
      let decided = await authority.decide("diku", token, "/echo");
      while (decided.kind === "allowed" && authority.registry.clock.now() < before + 20 * mostSilenceMs) {
        await new Promise((resolve) => setImmediate(resolve));
        decided = await authority.decide("diku", token, "/echo");
      }
      expect(decided).toMatchObject({ kind: "refused", status: 503 });
      expect(authority.registry.clock.now() - before).toBeGreaterThan(mostSilenceMs / 2);
    });
    await expect.poll(() => authority.decide("diku", token, "/echo")).toMatchObject({ kind: "allowed" });
  });
});

describe("a tenant whose modules cannot say who a user is", () => {
  it.each([
    ["has none for users", [], "enable a module that provides the interface users"],
    ["has none that runs", [[pushingUsersDescriptor, "http://127.0.0.1:1"]], "does not answer as it should"],
  ] as const)("%s: 503, and nobody is let in", async (_what, modules, sentence) => {
    const authority = await open();
    await authority.put(...tenantWith("diku", [...modules, [echoDescriptor, users.url]]));
    const token = authority.issuer.legacy("diku", ann);
    const decided = await authority.decide("diku", token, "/echo-open");
    expect(decided).toMatchObject({
      kind: "refused",
      status: 503,
      message: expect.stringContaining(sentence),
    });
  });
});

describe("the key of the gateway", () => {
  it("that is another one than before stops the start with a sentence", async () => {
    await open();
    await expect(authorityInTest(database.url, { octavoKey: Buffer.alloc(32, 8) })).rejects.toThrow(
      /^OCTAVO_KEY does not open the signing key .*: it was wrapped by another one/,
    );
  });
});

function claimsOf(decision: AuthorityDecision): unknown {
  if (decision.kind !== "allowed") return null;
  return JSON.parse(Buffer.from(decision.token.split(".")[1] ?? "", "base64url").toString("utf8"));
}
