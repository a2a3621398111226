import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sql } from "@octavo/database";
import { type ObjectStore, openObjectStore } from "@octavo/object-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { MODULE } from "../testing/running-module.ts";
import { dropObject, keepObject, objectSteps } from "./object-rows.ts";
import { objectSweeper } from "./objects-part.ts";
import { requestObjects } from "./request-objects.ts";

const folder = mkdtempSync(join(tmpdir(), "octavo-objects-"));
/** The store's clock; the database has its own. */
let storeNowMs = performance.timeOrigin + performance.now();
let store: ObjectStore;
let kit: KitDatabases;
let count = 0;

const of = (tenantId: string) =>
  requestObjects(
    store,
    { tenantId, module: MODULE },
    {
      now: () => new Date(storeNowMs),
      uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
    },
  );

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const each of texts) yield new TextEncoder().encode(each);
}

async function put(tenantId: string, content: string) {
  const stored = await of(tenantId).put("import-files", pieces(content));
  if (!stored.ok) throw new Error(stored.error.kind);
  return stored.value.key;
}

const tx = (work: Parameters<KitDatabases["database"]["tx"]>[1]) =>
  kit.database.tx({ tenantId: "north", work: "foreground" }, work);

const sweep = () => objectSweeper({ ...kit.running(), objects: store }, store).run("north");

beforeAll(async () => {
  store = await openObjectStore({ kind: "folder", path: folder }, () => new Date(storeNowMs));
  kit = await kitDatabases(["north"], objectSteps);
});
afterAll(async () => {
  store.close();
  await kit.close();
  rmSync(folder, { recursive: true });
});

describe("a file of a tenant", () => {
  it("is read by its key, and by nobody else's", async () => {
    const key = await put("north", "patrons");
    const read = await of("north").get(key);
    expect(read.ok && (await text(read.value.body))).toBe("patrons");
    expect(await of("south").get(key)).toEqual({ ok: false, error: { kind: "missing" } });
    expect(await of("south").head(key)).toBeNull();
    await of("south").delete(key);
    expect(await of("north").head(key)).toMatchObject({ sizeBytes: 7 });
    expect(await of("north").get("../../etc/passwd")).toMatchObject({ ok: false });
  });

  it("is not to be asked for within a transaction", async () => {
    const key = await put("north", "x");
    await expect(tx(() => of("north").head(key))).rejects.toThrow("within a transaction");
  });

  it("is left without a row for a day, and with one for as long as the row says", async () => {
    const [orphan, kept, dropped, undone] = [
      await put("north", "a"),
      await put("north", "b"),
      await put("north", "c"),
      await put("north", "d"),
    ];
    await tx(async (tx) => {
      await keepObject(tx, kept, null);
      await keepObject(tx, dropped, 3_600);
    });
    await expect(
      tx(async (tx) => {
        await keepObject(tx, undone, null);
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    const there = async () =>
      Promise.all([orphan, kept, dropped, undone].map(async (key) => (await store.head(key)) !== null));
    await sweep();
    expect(await there()).toEqual([true, true, true, true]);
    await tx((tx) => dropObject(tx, dropped));
    await sweep();
    expect(await there()).toEqual([true, true, false, true]);
    expect(await tx((tx) => tx.rows(sql`select key from octavo_object`))).toEqual([{ key: kept }]);
  });
});

describe("without a store", () => {
  it("the first use says what to set", async () => {
    const none = requestObjects(
      null,
      { tenantId: "north", module: MODULE },
      { now: () => new Date(0), uuid: () => "" },
    );
    await expect(none.put("files", pieces("x"))).rejects.toThrow("OCTAVO_OBJECTS is not set");
  });
});
