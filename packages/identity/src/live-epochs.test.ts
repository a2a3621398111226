import { randomUUID } from "node:crypto";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { internalModuleDescriptor } from "@octavo/management-api";
import { type Change, openRegistry, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identityRowsIn } from "./identity-rows.ts";
import { LiveEpochs } from "./live-epochs.ts";

const accessLifeMs = 600_000;
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

async function open(pollIntervalMs = 30): Promise<Registry> {
  const json = parseJson(internalModuleDescriptor());
  const internalModule = json.ok ? parseModuleDescriptor(json.value) : json;
  if (!internalModule.ok) throw new Error("the internal module does not parse");
  const opened = await openRegistry({
    connectionString: database.url,
    instance: { id: randomUUID(), name: null, url: "http://127.0.0.1:9130", version: "0.1.0" },
    internalModule: internalModule.value,
    log: () => undefined,
    pollIntervalMs,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  closings.push(() => opened.value.close());
  return opened.value;
}

function epochsOf(registry: Registry, onReset = (): void => undefined): LiveEpochs {
  const epochs = new LiveEpochs(registry, identityRowsIn(registry), accessLifeMs, onReset);
  closings.push(() => epochs.close());
  return epochs;
}

async function put(registry: Registry, ...changes: readonly Change[]): Promise<void> {
  const intent = { actor: "open-mode", action: "put", target: "", requestId: null, idempotency: null };
  const written = await registry.write<never>(intent, () => ok({ changes, answer: "" }));
  expect(written.ok).toBe(true);
}

const diku: Change = { kind: "tenant.put", tenant: { id: "diku", name: null, description: null } };

function claimsOf(sid: string) {
  const common = { iss: "octavo", tenant: "diku", sub: "ann", iat: 0, exp: 0, jti: "j", epoch: 0 };
  return { ...common, type: "access", user_id: "ann", user_epoch: 0, sid } as const;
}

function session(familyId: string, revokedAt: string): string {
  return `insert into octavo.session (family_id, tenant_id, user_id, generation, rotated_at, created_at, revoked_at)
    values ('${familyId}', 'diku', 'ann', 1, 0, 0, ${revokedAt})`;
}
const nowInMs = "extract(epoch from clock_timestamp()) * 1000";

describe("epochs as an instance knows them", () => {
  it("are those of the snapshot, from the start and with each change, at another instance too", async () => {
    const one = await open();
    await put(one, diku);
    const change = { kind: "identity.changed", tenantId: "diku", changed: [], at: 0 } as const;
    await put(one, { ...change, everybody: "ended", ended: ["ann"] });
    const two = await open();
    const [first, second] = [epochsOf(one).ofTenant("diku"), epochsOf(two).ofTenant("diku")];
    expect([first.tenantEpoch, first.userEpoch("ann"), first.userEpoch("bob")]).toEqual([1, 1, 0]);
    expect([second.tenantEpoch, second.userEpoch("ann")]).toEqual([1, 1]);
    await put(one, { ...change, everybody: "untouched", ended: ["bob", "ann"] });
    expect(await two.reached(one.snapshot.revision, 10_000)).toBe(true);
    for (const epochs of [first, second]) {
      expect([epochs.tenantEpoch, epochs.userEpoch("ann"), epochs.userEpoch("bob")]).toEqual([1, 2, 1]);
    }
  });

  it("are read anew, and everything compared with them is forgotten, where the database has another history", async () => {
    const registry = await open();
    await put(registry, diku);
    let resets = 0;
    const epochs = epochsOf(registry, () => (resets += 1));
    await query(database.url, session("ended", nowInMs));
    await epochs.look();
    const before = epochs.ofTenant("diku");
    expect(before.hasEnded(claimsOf("ended"))).toBe(true);
    await query(database.url, "update octavo.revision set history = gen_random_uuid()");
    await expect.poll(() => resets).toBe(1);
    expect(epochs.ofTenant("diku")).not.toBe(before);
    await expect.poll(() => epochs.ofTenant("diku").hasEnded(claimsOf("ended"))).toBe(true);
  });
});

describe("ended sessions", () => {
  it("are those that an access token may still be of", async () => {
    const registry = await open(600_000);
    await put(registry, diku);
    await query(database.url, session("just", nowInMs));
    await query(database.url, session("long-ago", `${nowInMs} - 3600000`));
    await query(database.url, session("open", "null"));
    const epochs = epochsOf(registry);
    await epochs.look();
    const hasEnded = (sid: string) => epochs.ofTenant("diku").hasEnded(claimsOf(sid));
    expect([hasEnded("just"), hasEnded("long-ago"), hasEnded("open")]).toEqual([true, false, false]);
  });

  it("are not missed where the transaction that ended them was committed long after it began", async () => {
    const registry = await open(600_000);
    await put(registry, diku);
    const epochs = epochsOf(registry);
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let isWritten = (): void => undefined;
    const written = new Promise<void>((resolve) => {
      isWritten = resolve;
    });
    const ending = registry.transaction(async (client) => {
      await client.query(session("slow", nowInMs));
      isWritten();
      await held;
    });
    await written;
    await epochs.look();
    expect(epochs.ofTenant("diku").hasEnded(claimsOf("slow"))).toBe(false);
    commit();
    await ending;
    await epochs.look();
    expect(epochs.ofTenant("diku").hasEnded(claimsOf("slow"))).toBe(true);
  });

  it("are told once: what has been compared with them stays compared", async () => {
    const registry = await open(600_000);
    await put(registry, diku);
    const epochs = epochsOf(registry);
    await query(database.url, session("once", nowInMs));
    await epochs.look();
    const { generation } = epochs.ofTenant("diku");
    await epochs.look();
    expect(epochs.ofTenant("diku").generation).toBe(generation);
  });
});
