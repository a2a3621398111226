import { verify as verifyBytes } from "node:crypto";
import { defaultIdentityPolicy } from "@octavo/identity";
import { createSigningKey } from "@octavo/tokens";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuthorityInTest, authorityInTest, tenantWith } from "../testing/authority-in-test.ts";
import { echoDescriptor, pushingUsersDescriptor } from "../testing/stand-in-descriptors.ts";
import { startUsersModule, type UsersModule } from "../testing/stand-in-modules.ts";
import { withoutDatabase } from "../testing/tenant-world.ts";
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
