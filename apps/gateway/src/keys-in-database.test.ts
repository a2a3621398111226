import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rewrapKeysInDatabase, rotateKeyInDatabase } from "./keys-in-database.ts";
import type { StateSettings } from "./state-settings.ts";
import { gatewayInTest } from "./testing/gateway-in-test.ts";

const oldKey = Buffer.alloc(32, 1);
const newKey = Buffer.alloc(32, 2);
let database: FreshDatabase;
let settings: StateSettings;

const start = (key: Buffer) =>
  gatewayInTest({ DATABASE_URL: database.url, OCTAVO_KEY: key.toString("base64") });

beforeEach(async () => {
  database = await freshDatabase();
  settings = { databaseUrl: database.url, dataDir: "nowhere", key: oldKey, keyIsOf: "environment" };
  await (await start(oldKey)).gateway.close();
});
afterEach(() => database.drop());

const doesNotOpen =
  /^OCTAVO_KEY does not open the signing key .*: it was wrapped by another one\. .*"octavo keys rewrap"$/;

it("a gateway with another OCTAVO_KEY does not start, and says what changes it", async () => {
  await expect(start(newKey)).rejects.toThrow(doesNotOpen);
});

it("rewrapping changes which key a gateway starts with, and keeps the keys that it has", async () => {
  const keysOf = async (key: Buffer) => {
    const { gateway } = await start(key);
    const keys = await (await fetch(`${gateway.url}/_/octavo/keys`)).text();
    await gateway.close();
    return keys;
  };
  const before = await keysOf(oldKey);
  expect(await rewrapKeysInDatabase(settings, newKey)).toEqual({ ok: true, value: 1 });
  expect(await rewrapKeysInDatabase(settings, newKey)).toEqual({ ok: true, value: 0 });
  expect(await keysOf(newKey)).toBe(before);
  await expect(start(oldKey)).rejects.toThrow(doesNotOpen);
});

it("rewrapping by a key that does not open what is stored changes nothing", async () => {
  const rewrapped = await rewrapKeysInDatabase({ ...settings, key: newKey }, Buffer.alloc(32, 3));
  expect(rewrapped).toMatchObject({
    ok: false,
    error: { kind: "refused", message: expect.stringMatching(doesNotOpen) },
  });
  await (await start(oldKey)).gateway.close();
});

it("rotating publishes the next key, once, and never by a key that no gateway has", async () => {
  const wrong = await rotateKeyInDatabase({ ...settings, key: newKey });
  expect(wrong).toMatchObject({ ok: false, error: { message: expect.stringMatching(doesNotOpen) } });
  const rotated = await rotateKeyInDatabase(settings);
  expect(rotated).toMatchObject({ ok: true });
  const again = await rotateKeyInDatabase(settings);
  expect(again).toMatchObject({
    ok: false,
    error: { message: expect.stringMatching(/is published already/) },
  });
  const rows = await query(database.url, "select kid from octavo.signing_key order by published_at");
  expect(rows).toHaveLength(2);
  const { gateway } = await start(oldKey);
  const { keys } = (await (await fetch(`${gateway.url}/_/octavo/keys`)).json()) as {
    keys: { kid: string }[];
  }; // KeySet
  expect(keys.map(({ kid }) => kid).sort()).toEqual(rows.map(({ kid }) => String(kid)).sort());
  await gateway.close();
});

it.each([
  ["without the key", { key: null }, /OCTAVO_KEY \(or OCTAVO_KEY_FILE\) is missing/],
  ["in a folder without a database", { databaseUrl: null }, /there is no embedded database in nowhere/],
])("nothing is changed %s", async (_claim, change, message) => {
  const rotated = await rotateKeyInDatabase({ ...settings, ...change });
  expect(rotated).toMatchObject({
    ok: false,
    error: { kind: "refused", message: expect.stringMatching(message) },
  });
});
