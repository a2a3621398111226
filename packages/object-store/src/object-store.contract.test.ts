import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "@octavo/result";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  makeObjectKey,
  type ObjectKey,
  type ObjectStore,
  openObjectStore,
  parseObjectStoreUrl,
} from "./index.ts";
import { S3TestServer } from "./testing/s3-server.ts";

/** What each store must do. A real S3 server is a third one where OCTAVO_TEST_S3_URL names it (`s3://bucket?endpoint=http://host:port`, credentials in
 * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY): `.ci/swift`. */
const stores = {
  "a folder": async () => {
    const path = await mkdtemp(join(tmpdir(), "octavo-objects-"));
    const store = await openObjectStore({ kind: "folder", path }, () => new Date());
    return { store, end: () => rm(path, { recursive: true }) };
  },
  "the test server": async () => {
    const server = await S3TestServer.start();
    const store = await openObjectStore({ kind: "s3", ...server.settings }, () => new Date());
    return { store, end: () => server.stop() };
  },
  ...(process.env["OCTAVO_TEST_S3_URL"] === undefined ? {} : { "a real S3 server": realServer }),
};

async function realServer(): Promise<Opened> {
  const place = parseObjectStoreUrl(process.env["OCTAVO_TEST_S3_URL"] ?? "");
  if (!place.ok) throw new Error(place.error);
  return { store: await openObjectStore(place.value, () => new Date()), end: () => Promise.resolve() };
}

interface Opened {
  readonly store: ObjectStore;
  readonly end: () => Promise<void>;
}

const MIB = 1024 * 1024;

describe.each(Object.entries<() => Promise<Opened>>(stores))("objects in %s", (_name, open) => {
  let store: ObjectStore;
  let end: () => Promise<void>;
  /** A tenant of this run: a real server is nobody's own. */
  const tenantId = `t${randomUUID().slice(0, 8)}`;
  const keyOf = (purpose = "files", day = "2026-03-01"): ObjectKey =>
    makeObjectKey({ tenantId, module: "octavo-import", purpose }, new Date(day), randomUUID());

  beforeAll(async () => ({ store, end } = await open()));
  afterAll(async () => {
    for await (const { key } of store.list(`${tenantId}/`)) await store.delete(key as ObjectKey); // all were made here
    store.close();
    await end();
  });

  const read = async (key: ObjectKey, range?: { from: number; to?: number }): Promise<Buffer | string> => {
    const opened = await store.get(key, range);
    if (!opened.ok) return opened.error.kind;
    const bytes = Buffer.concat(await opened.value.body.toArray());
    expect(bytes.length).toBe(opened.value.sizeBytes);
    return bytes;
  };

  it.each([0, 1, 1000, 8 * MIB, 20 * MIB + 7])(
    "come back as they were stored: %d bytes",
    async (sizeBytes) => {
      const key = keyOf();
      const bytes = randomBytes(sizeBytes);
      const facts = { contentType: "application/marc", sizeBytes, sha256: sha256(bytes) };
      const stored = await store.put(key, pieces(bytes), facts);
      expect(stored).toMatchObject(
        ok({ key, sizeBytes, sha256: facts.sha256, contentType: "application/marc" }),
      );
      expect(await store.head(key)).toEqual({ ...(stored.ok && stored.value) });
      const back = await read(key);
      expect(bytes.equals(back as Buffer), "the same bytes").toBe(true); // a string when it could not be read
    },
  );

  it.each([
    ["a first part", { from: 0, to: 3 }, "0123"],
    ["one byte", { from: 4, to: 4 }, "4"],
    ["the end", { from: 7 }, "789"],
    ["more than there is", { from: 8, to: 100 }, "89"],
    ["what is past the end", { from: 10 }, "range-past-end"],
  ] as const)("a range gives %s", async (_what, range, expected) => {
    const key = keyOf();
    await store.put(key, pieces(Buffer.from("0123456789")));
    expect(String(await read(key, range))).toBe(expected);
  });

  it.each([
    ["another sha-256", { sha256: "0".repeat(64) }, "sha256-differs"],
    ["another size", { sizeBytes: 3 }, "size-differs"],
  ])("a body with %s than was said is not stored, short or long", async (_what, facts, kind) => {
    for (const sizeBytes of [10, 9 * MIB]) {
      const key = keyOf();
      expect(await store.put(key, pieces(randomBytes(sizeBytes)), facts)).toMatchObject({
        ok: false,
        error: { kind },
      });
      expect(await store.head(key)).toBeNull();
      expect(await all(store.listUploads(key))).toEqual([]);
    }
  });

  it("a body that breaks off leaves nothing", async () => {
    const key = keyOf();
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield randomBytes(9 * MIB);
      throw new Error("the client left");
    };
    await expect(store.put(key, broken())).rejects.toThrow("the client left");
    expect(await store.head(key)).toBeNull();
    expect(await all(store.listUploads(key))).toEqual([]);
  });

  it("a second put replaces the first, whole", async () => {
    const key = keyOf();
    await store.put(key, pieces(Buffer.from("the first one")), { contentType: "text/plain" });
    await store.put(key, pieces(Buffer.from("two")));
    expect(String(await read(key))).toBe("two");
    expect(await store.head(key)).toMatchObject({ sizeBytes: 3, contentType: "application/octet-stream" });
  });

  it("what was deleted is missing, and may be deleted again", async () => {
    const key = keyOf();
    await store.put(key, pieces(Buffer.from("x")));
    await store.delete(key);
    await store.delete(key);
    expect(await store.head(key)).toBeNull();
    expect(await read(key)).toBe("missing");
  });

  it("are listed by prefix, in the order of the bytes of their keys", async () => {
    const keys = ["a-b", "a", "a1", "b"].flatMap((purpose) => [
      keyOf(purpose, "2026-03-02"),
      keyOf(purpose, "2026-03-01"),
      keyOf(purpose, "2025-12-31"),
    ]);
    for (const key of keys) await store.put(key, pieces(Buffer.from("x")));
    const listed = async (prefix: string): Promise<readonly string[]> =>
      (await all(store.list(prefix))).map(({ key }) => key);
    const among = `${tenantId}/octavo-import/`;
    const mine = (await listed(among)).filter((key) => keys.includes(key as ObjectKey)); // a wider type is asked
    expect(mine).toEqual(keys.toSorted());
    expect(await listed(`${among}a/`)).toEqual(keys.filter((key) => key.startsWith(`${among}a/`)).toSorted());
    expect(await listed(`${among}none/`)).toEqual([]);
  });

  describe("in parts", () => {
    const bytes = randomBytes(11 * MIB);
    const expected = { sizeBytes: bytes.length, sha256: sha256(bytes) };
    const part = (number: number): Buffer => bytes.subarray((number - 1) * 5 * MIB, number * 5 * MIB);

    it("come in any order, again, by any instance, and are one object when they are complete", async () => {
      const key = keyOf();
      const upload = await store.beginUpload(key, {
        contentType: "application/marc",
        sha256: expected.sha256,
      });
      expect(await store.listParts(upload)).toEqual([]);
      for (const number of [3, 1, 1]) expect(await store.putPart(upload, number, part(number))).toBe(true);
      expect(await store.listParts(upload)).toEqual([
        { number: 1, sizeBytes: 5 * MIB },
        { number: 3, sizeBytes: MIB },
      ]);
      expect(await all(store.listUploads(key))).toMatchObject([{ key, uploadId: upload.uploadId }]);
      expect(await store.head(key), "not there before it is complete").toBeNull();

      const early = await store.completeUpload(upload, expected);
      expect(early).toEqual({
        ok: false,
        error: { kind: "size-differs", expected: bytes.length, found: 6 * MIB },
      });
      await store.putPart(upload, 2, part(2));
      const stored = await store.completeUpload(upload, expected);
      expect(stored).toMatchObject(ok({ key, ...expected, contentType: "application/marc" }));
      expect(bytes.equals((await read(key)) as Buffer)).toBe(true); // a string when it could not be read
      expect(await store.head(key)).toMatchObject({ sha256: expected.sha256 });

      expect(await store.completeUpload(upload, expected), "again, after an unknown outcome").toMatchObject(
        ok({ key, ...expected }),
      );
      const another = await store.completeUpload(upload, { ...expected, sha256: "0".repeat(64) });
      expect(another).toMatchObject({ ok: false, error: { kind: "sha256-differs" } });
      await store.abortUpload(upload);
      expect(await store.head(key), "an abort that comes late takes nothing away").not.toBeNull();
      expect(bytes.equals((await read(key)) as Buffer)).toBe(true); // a string when it could not be read
      expect(await all(store.listUploads(key))).toEqual([]);
    });

    it("with another sha-256 than was said leave nothing", async () => {
      const key = keyOf();
      const upload = await store.beginUpload(key);
      for (const number of [1, 2, 3]) await store.putPart(upload, number, part(number));
      const stored = await store.completeUpload(upload, { ...expected, sha256: "0".repeat(64) });
      expect(stored).toMatchObject({ ok: false, error: { kind: "sha256-differs", found: expected.sha256 } });
      expect(await store.head(key)).toBeNull();
    });

    it("are gone when they are aborted; what nobody began is not there", async () => {
      const key = keyOf();
      const upload = await store.beginUpload(key);
      await store.putPart(upload, 1, part(3));
      const others = { key: keyOf(), uploadId: upload.uploadId };
      expect(await store.listParts(others), "an upload belongs to its key").toBeNull();
      await store.abortUpload(others);
      expect(await store.listParts(upload)).toHaveLength(1);
      await store.abortUpload(upload);
      await store.abortUpload(upload);
      expect(await store.listParts(upload)).toBeNull();
      expect(await store.completeUpload(upload, expected)).toEqual({ ok: false, error: { kind: "missing" } });
    });
  });

  describe("by URLs that are signed", () => {
    it("are written, in parts too, and read, without us", async () => {
      const key = keyOf();
      const put = await store.presign({ method: "PUT", key }, 60);
      if (put === null) return; // a folder has none: bytes pass through the module
      const send = async (url: string | null, body: Buffer): Promise<number> =>
        (await fetch(url ?? "", { method: "PUT", body: new Uint8Array(body) })).status;
      expect(await send(put, Buffer.from("from a browser"))).toBeLessThan(300);
      const fileName = 'Liste "März" (1).mrc';
      const got = await fetch((await store.presign({ method: "GET", key, fileName }, 60)) ?? "");
      expect(await got.text()).toBe("from a browser");
      expect(got.headers.get("content-disposition")).toBe(
        "attachment; filename*=UTF-8''Liste%20%22M%C3%A4rz%22%20%281%29.mrc",
      );

      const upload = await store.beginUpload(keyOf());
      const partUrl = await store.presign({ method: "PUT", upload, part: 1 }, 60);
      expect(await send(partUrl, Buffer.from("a part"))).toBeLessThan(300);
      expect(await store.listParts(upload)).toEqual([{ number: 1, sizeBytes: 6 }]);
    });

    it("are good for nothing else", async () => {
      const key = keyOf();
      await store.put(key, pieces(Buffer.from("x")));
      const url = await store.presign({ method: "GET", key }, 60);
      if (url === null) return;
      expect((await fetch(url, { method: "PUT", body: "y" })).status).toBe(403);
      expect((await fetch(url.replace(key, keyOf()))).status).toBe(403);
      expect((await fetch(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"))).status).toBe(403);
      expect((await fetch(url)).status).toBe(200);
    });
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function all<T>(each: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of each) found.push(one);
  return found;
}

/** As a body comes from a socket. */
async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
