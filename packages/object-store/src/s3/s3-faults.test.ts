import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeObjectKey, type ObjectKey, type ObjectStore, StoreAway } from "../index.ts";
import type { S3Fault } from "../testing/s3-fault.ts";
import { S3TestServer } from "../testing/s3-server.ts";
import { openS3Store } from "./s3-store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;
let server: S3TestServer;
let store: ObjectStore;
let skewMs = 0;

beforeEach(async () => {
  skewMs = 0;
  server = await S3TestServer.start(() => new Date(Date.now() + skewMs));
  store = openS3Store(server.settings);
});
afterEach(async () => {
  store.close();
  await server.stop();
});

function anyKey(): ObjectKey {
  return makeObjectKey({ tenantId: "north", module: "m", purpose: "p" }, new Date(), randomUUID());
}

async function* body(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const unavailable: S3Fault["does"] = { kind: "status", status: 503, code: "SlowDown" };

describe("a store that fails for a moment", () => {
  it.each<S3Fault>([
    { method: "PUT", does: unavailable, times: 2 },
    { method: "PUT", does: { kind: "cut" } },
    { method: "PUT", does: { kind: "cut-after" } },
    { method: "PUT", target: "partNumber=2", does: unavailable },
    { method: "PUT", target: "partNumber=2", does: { kind: "cut-after" } },
    { method: "POST", target: "uploadId=", does: { kind: "cut" } },
  ])("takes what it is given all the same: %j", async (fault) => {
    server.add(fault);
    const bytes = randomBytes(9 * MIB);
    const key = anyKey();
    expect(await store.put(key, body(bytes))).toMatchObject({ ok: true, value: { sizeBytes: bytes.length } });
    expect(server.isHealed, "the fault has happened").toBe(true);
    expect(server.bucket.objects.get(key)?.bytes.equals(bytes)).toBe(true);
  });

  it("has completed what it did not say", async () => {
    const upload = await store.beginUpload(anyKey());
    const bytes = randomBytes(10);
    await store.putPart(upload, 1, bytes);
    server.add({ method: "POST", does: { kind: "cut-after" } });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await store.completeUpload(upload, { sizeBytes: 10, sha256 })).toMatchObject({ ok: true });
    expect(server.isHealed).toBe(true);
  });
});

describe("a store that cannot", () => {
  it.each<S3Fault["does"]>([unavailable, { kind: "cut" }])("is said to be away: %j", async (does) => {
    server.add({ does, times: 100 });
    await expect(store.head(anyKey())).rejects.toThrow(StoreAway);
  });

  it("leaves no part of a body behind, once it can again", async () => {
    server.add({ target: "partNumber=2", does: unavailable, times: 4 });
    await expect(store.put(anyKey(), body(randomBytes(9 * MIB)))).rejects.toThrow(StoreAway);
    expect([...server.bucket.uploads]).toEqual([]);
    expect([...server.bucket.objects]).toEqual([]);
  });

  it("ends an answer early: the reader sees it", async () => {
    const key = anyKey();
    await store.put(key, body(randomBytes(MIB)));
    server.add({ method: "GET", does: { kind: "half-answer" } });
    const opened = await store.get(key);
    if (!opened.ok) throw new Error(opened.error.kind);
    await expect(opened.value.body.toArray()).rejects.toThrow("aborted");
  });
});

describe("what was changed on its way", () => {
  it.each([10, 9 * MIB])("is refused: %d bytes", async (sizeBytes) => {
    server.add({ method: "PUT", does: { kind: "corrupt" } });
    await expect(store.put(anyKey(), body(randomBytes(sizeBytes)))).rejects.toThrow(
      "XAmzContentSHA256Mismatch",
    );
    expect([...server.bucket.objects]).toEqual([]);
  });
});

describe("the test server", () => {
  it("refuses another secret, and another's key id", async () => {
    for (const wrong of [{ secretAccessKey: "wrong" }, { accessKeyId: "wrong" }]) {
      const credentials = {
        accessKeyId: "octavo",
        secretAccessKey: "",
        ...server.settings.credentials,
        ...wrong,
      };
      const stranger = openS3Store({ ...server.settings, credentials });
      await expect(stranger.beginUpload(anyKey())).rejects.toMatchObject({
        $metadata: { httpStatusCode: 403 },
      });
      stranger.close();
    }
  });

  it("refuses a URL whose time is over", async () => {
    const key = anyKey();
    await store.put(key, body(Buffer.from("x")));
    const url = (await store.presign({ method: "GET", key }, 60)) ?? "";
    expect((await fetch(url)).status).toBe(200);
    skewMs = 61_000;
    expect((await fetch(url)).status).toBe(403);
  });

  it("removes by its rules what is old by its clock", async () => {
    const old = anyKey();
    await store.put(old, body(Buffer.from("x")));
    await store.beginUpload(old);
    server.bucket.rules = [{ prefix: "north/", expireDays: 2, abortUploadDays: 1 }];
    skewMs = DAY_MS;
    server.bucket.applyRules();
    expect([server.bucket.objects.size, server.bucket.uploads.size]).toEqual([1, 0]);
    skewMs = 2 * DAY_MS;
    server.bucket.applyRules();
    expect(server.bucket.objects.size).toBe(0);
  });
});
