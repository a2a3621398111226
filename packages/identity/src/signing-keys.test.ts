import { randomUUID } from "node:crypto";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { internalModuleDescriptor } from "@octavo/management-api";
import { openRegistry, type Registry } from "@octavo/registry";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { CALLER_TYPES, Epochs, verifyToken } from "@octavo/tokens";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultIdentityPolicy } from "./identity-policy.ts";
import { KeyRotation } from "./rotate-keys.ts";
import { SigningKeys } from "./signing-keys.ts";
import { TokenIssuer } from "./token-issuer.ts";

const octavoKey = Buffer.alloc(32, 5);
let database: FreshDatabase;
let closings: (() => unknown)[] = [];

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const close of closings.toReversed()) await close();
  closings = [];
  await database.drop();
});

interface Instance {
  readonly id: string;
  readonly registry: Registry;
}

async function open(): Promise<Instance> {
  const json = parseJson(internalModuleDescriptor());
  const internalModule = json.ok ? parseModuleDescriptor(json.value) : json;
  if (!internalModule.ok) throw new Error("the internal module does not parse");
  const id = randomUUID();
  const opened = await openRegistry({
    connectionString: database.url,
    instance: { id, name: null, url: "http://127.0.0.1:9130", version: "0.1.0" },
    internalModule: internalModule.value,
    log: () => undefined,
    pollIntervalMs: 30,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  closings.push(() => opened.value.close());
  return { id, registry: opened.value };
}

async function keysOf(registry: Registry, problems: string[] = []): Promise<SigningKeys> {
  const keys = await SigningKeys.open(registry, octavoKey, (because) => problems.push(because));
  if (!keys.ok) throw new Error(keys.error);
  closings.push(() => keys.value.close());
  return keys.value;
}

function issuerOf(registry: Registry, keys: SigningKeys): TokenIssuer {
  const epochs = new Epochs();
  return new TokenIssuer({
    keys,
    epochsOf: (tenantId) => epochs.ofTenant(tenantId),
    policy: defaultIdentityPolicy,
    now: () => registry.clock.now(),
  });
}

function isGood(token: string, keys: SigningKeys, registry: Registry): boolean {
  const expected = {
    issuer: "octavo",
    types: CALLER_TYPES,
    tenantId: "diku",
    nowMs: registry.clock.now(),
  };
  return verifyToken(token, keys.verification, expected).ok;
}

/** Rotates whenever it is asked to, and keeps what was signed for `longestLifeMs`. */
function rotationOf({ id, registry }: Instance, longestLifeMs: number): KeyRotation {
  const policy = { rotateAfterMs: 0, cacheAgeMs: 0, longestLifeMs };
  return new KeyRotation({ registry, octavoKey, instanceId: id, policy, onProblem: () => undefined });
}

describe("the first key", () => {
  it("is one, however many instances start at once, and each can sign with it", async () => {
    const instances = await Promise.all([open(), open(), open()]);
    const keys = await Promise.all(instances.map(({ registry }) => keysOf(registry)));
    expect(new Set(keys.map(({ signer }) => signer.kid)).size).toBe(1);
    expect(await query(database.url, "select kid from octavo.signing_secret")).toHaveLength(1);
  });

  it("is opened by the key that wrapped it, and by no other", async () => {
    const { registry } = await open();
    await keysOf(registry);
    const other = await SigningKeys.open(registry, Buffer.alloc(32, 6), () => undefined);
    expect(other).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^OCTAVO_KEY does not open the signing key .* "octavo keys rewrap"$/),
    });
  });

  it("stops the start where its private part is gone or damaged, in a sentence", async () => {
    const { registry } = await open();
    await keysOf(registry);
    await query(database.url, "update octavo.signing_secret set wrapped = wrapped || 'A'");
    expect(await SigningKeys.open(registry, octavoKey, () => undefined)).toMatchObject({
      ok: false,
      error: expect.stringContaining("is damaged"),
    });
    await query(database.url, "delete from octavo.signing_secret");
    expect(await SigningKeys.open(registry, octavoKey, () => undefined)).toMatchObject({
      ok: false,
      error: "the database holds no private part of the key that signs",
    });
  });

  it("lies nowhere as it is: not in its table, not in the log", async () => {
    const { registry } = await open();
    const { signer } = await keysOf(registry);
    const { d = "" } = signer.privateKey.export({ format: "jwk" });
    expect(d).toMatch(/^[\w-]{43}$/);
    const [stored] = await query(database.url, "select wrapped from octavo.signing_secret");
    expect(stored?.["wrapped"]).not.toContain(d);
    const log = JSON.stringify(await query(database.url, "select ops from octavo.change"));
    expect(log).toContain(signer.kid);
    expect(log).not.toContain(d);
    expect(log).not.toContain(String(stored?.["wrapped"]));
  });
});

describe("a rotation", () => {
  it("under load fails no verification at any instance, and both instances come to sign with the new key", async () => {
    const [one, two] = [await open(), await open()];
    const [ofOne, ofTwo] = [await keysOf(one.registry), await keysOf(two.registry)];
    const sides = [
      { registry: one.registry, keys: ofOne, issuer: issuerOf(one.registry, ofOne) },
      { registry: two.registry, keys: ofTwo, issuer: issuerOf(two.registry, ofTwo) },
    ];
    const rotation = rotationOf(one, 3_600_000);
    const kids = new Set<string>();
    let failed = 0;
    for (let turn = 0; kids.size < 4 && turn < 400; turn += 1) {
      const [turned] = await Promise.all([
        rotation.turn(),
        ...Array.from({ length: 20 }, async (_, n) => {
          await new Promise((resolve) => setImmediate(resolve));
          const signing = sides[n % 2];
          const token = signing?.issuer.anonymous("diku").token ?? "";
          for (const { keys, registry } of sides) if (!isGood(token, keys, registry)) failed += 1;
        }),
      ]);
      expect(turned).toBeGreaterThan(0);
      if (ofOne.signer.kid === ofTwo.signer.kid) kids.add(ofOne.signer.kid);
    }
    expect(failed).toBe(0);
    expect(kids.size).toBe(4);
    // Of the keys that sign no more nobody has the private part.
    const secrets = await query(database.url, "select kid from octavo.signing_secret");
    const active = [...one.registry.snapshot.signingKeys.values()].filter(
      ({ supersededAt }) => supersededAt === null,
    );
    expect(new Set(secrets.map(({ kid }) => kid))).toEqual(new Set(active.map(({ kid }) => kid)));
  });

  it("by several instances at once goes on one step at a time", async () => {
    const instances = await Promise.all([open(), open(), open()]);
    for (const { registry } of instances) await keysOf(registry);
    const rotations = instances.map((instance) => rotationOf(instance, 3_600_000));
    for (let turn = 0; turn < 40; turn += 1) {
      await Promise.all(rotations.map((rotation) => rotation.turn()));
      const rows = [...(instances[0]?.registry.snapshot.signingKeys.values() ?? [])];
      const signing = rows.filter(
        ({ signingAt, supersededAt }) => signingAt !== null && supersededAt === null,
      );
      expect(signing).toHaveLength(1);
      expect(rows.filter(({ signingAt }) => signingAt === null).length).toBeLessThanOrEqual(1);
    }
  });

  it("waits with a key until every live instance has it", async () => {
    const instance = await open();
    const { signer } = await keysOf(instance.registry);
    await query(
      database.url,
      `insert into octavo.instance (id, url, version, protocol_min, protocol_max, applied_revision, heartbeat_at)
       values (gen_random_uuid(), 'http://behind', '0', 1, 1, 0, now() + interval '1 hour')`,
    );
    while (instance.registry.instances().length < 2) await new Promise((resolve) => setImmediate(resolve));
    const rotation = rotationOf(instance, 3_600_000);
    for (let turn = 0; turn < 20; turn += 1) await rotation.turn();
    const states = () =>
      [...instance.registry.snapshot.signingKeys.values()].map(({ kid, knownToAllAt, signingAt }) => ({
        isFirst: kid === signer.kid,
        isKnownToAll: knownToAllAt !== null,
        isSigning: signingAt !== null,
      }));
    expect(new Set(states())).toEqual(
      new Set([
        { isFirst: true, isKnownToAll: true, isSigning: true },
        { isFirst: false, isKnownToAll: false, isSigning: false },
      ]),
    );
    await query(database.url, "delete from octavo.instance where url = 'http://behind'");
    for (
      let turn = 0;
      turn < 400 && !states().some(({ isFirst, isSigning }) => isSigning && !isFirst);
      turn += 1
    ) {
      await rotation.turn();
    }
    expect(states()).toContainEqual({ isFirst: false, isKnownToAll: true, isSigning: true });
  });

  it("forgets a key when all that it signed has expired: then its tokens count no more", async () => {
    const instance = await open();
    const keys = await keysOf(instance.registry);
    const first = keys.signer.kid;
    const token = issuerOf(instance.registry, keys).anonymous("diku").token;
    const rotation = rotationOf(instance, 0);
    for (let turn = 0; instance.registry.snapshot.signingKeys.has(first) && turn < 400; turn += 1) {
      await rotation.turn();
    }
    expect(instance.registry.snapshot.signingKeys.has(first)).toBe(false);
    expect(isGood(token, keys, instance.registry)).toBe(false);
    expect(isGood(issuerOf(instance.registry, keys).anonymous("diku").token, keys, instance.registry)).toBe(
      true,
    );
  });
});
