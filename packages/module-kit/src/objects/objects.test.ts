import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sql } from "@octavo/database";
import { createHash } from "node:crypto";
import { type ObjectStore, openObjectStore, parseObjectStoreUrl } from "@octavo/object-store";
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

describe("a file in parts", () => {
  const bytes = new TextEncoder().encode("a list of patrons");
  const expected = { sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };

  it("is one file when it is complete, which needs a row as any other", async () => {
    const upload = await of("north").beginUpload("import-files", { contentType: "text/plain" });
    const { key, uploadId } = JSON.parse(JSON.stringify(upload)) as typeof upload; // as a client gives it back
    expect(await of("north").putPart({ key, uploadId }, 1, bytes)).toBe(true);
    expect(await of("north").listParts({ key, uploadId })).toEqual([{ number: 1, sizeBytes: bytes.length }]);
    const stored = await of("north").completeUpload({ key, uploadId }, expected);
    expect(stored).toMatchObject({ ok: true, value: { key, ...expected, contentType: "text/plain" } });
    await tx((tx) => keepObject(tx, upload.key, null));
    expect(await of("north").listParts(upload)).toBeNull();
  });

  it("that nobody completes is removed after a day", async () => {
    const begun = storeNowMs;
    storeNowMs -= 26 * 3_600_000;
    const old = await of("north").beginUpload("import-files");
    storeNowMs = begun;
    const young = await of("north").beginUpload("import-files");
    const others = await of("south").beginUpload("import-files");
    await sweep();
    const left = [of("north").listParts(old), of("north").listParts(young), of("south").listParts(others)];
    expect(await Promise.all(left)).toEqual([null, [], []]);
  });

  it("is nobody else's, and nothing but a file in parts", async () => {
    const upload = await of("north").beginUpload("import-files");
    await of("north").putPart(upload, 1, bytes);
    const { key, uploadId } = upload;
    const [mine, theirs] = [of("north"), of("south")];
    const attempts: readonly [ReturnType<typeof of>, { key: string; uploadId: string }][] = [
      [theirs, upload],
      [theirs, { key: key.replace("north/", "south/"), uploadId }],
      [theirs, { key: `south/../${key}`, uploadId }],
      [mine, { key: `${key}/../../x`, uploadId }],
      [mine, { key, uploadId: `../uploads/${uploadId}` }],
      [mine, { key, uploadId: ".." }],
      [mine, { key, uploadId: "" }],
      [mine, { key, uploadId: `${uploadId}\u0000` }],
      [mine, { key, uploadId: `${uploadId}&partNumber=2` }],
    ];
    for (const [by, named] of attempts) {
      expect(await by.putPart(named, 1, new Uint8Array(3))).toBe(false);
      expect(await by.listParts(named)).toBeNull();
      expect(await by.completeUpload(named, expected)).toEqual({ ok: false, error: { kind: "missing" } });
      await by.abortUpload(named);
    }
    for (const number of [0, -1, 1.5, NaN, 10_001])
      expect(await mine.putPart(upload, number, bytes)).toBe(false);
    expect(await mine.listParts(upload)).toEqual([{ number: 1, sizeBytes: bytes.length }]);
  });

  it("has a URL for a part of one's own only; a folder has none", async () => {
    const upload = { key: await put("north", "x"), uploadId: "2~abc" };
    expect(await of("north").partUrl(upload, 1, 60)).toBeNull();
    const place = parseObjectStoreUrl("s3://files?endpoint=http://127.0.0.1:9", {
      accessKeyId: "id",
      secretAccessKey: "secret",
    });
    if (!place.ok) throw new Error(place.error);
    const s3 = await openObjectStore(place.value, () => new Date(storeNowMs)); // signing asks nobody
    const source = { now: () => new Date(storeNowMs), uuid: () => "" };
    const by = (tenantId: string) => requestObjects(s3, { tenantId, module: MODULE }, source);
    expect(await by("north").partUrl(upload, 7, 60)).toMatch(/partNumber=7.*uploadId=2~abc/u);
    expect(await by("south").partUrl(upload, 7, 60)).toBeNull();
    expect(await by("north").partUrl({ ...upload, uploadId: "a b" }, 7, 60)).toBeNull();
    expect(await by("north").partUrl(upload, 0, 60)).toBeNull();
    s3.close();
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
