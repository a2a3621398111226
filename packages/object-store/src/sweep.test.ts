import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeObjectKey, type ObjectKey } from "./object-key.ts";
import type { ListedObject, ObjectStore } from "./object-store.ts";
import { openS3Store } from "./s3/s3-store.ts";
import { compareRowsAndObjects, type ObjectRow, sweepObjects } from "./sweep.ts";
import { S3TestServer } from "./testing/s3-server.ts";

const now = new Date("2026-03-10T12:00:00Z");
const HOUR_MS = 60 * 60 * 1000;
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);

async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

describe("rows and objects, compared", () => {
  it("walked side by side, tell what sets would tell", async () => {
    const key = fc.integer({ min: 0, max: 12 }).map((n) => `north/m/p/2026/03/01/${n}` as ObjectKey); // short ones are enough here
    const age = fc.integer({ min: -2, max: 3 });
    const rows = fc.uniqueArray(fc.record({ key, age }), { selector: (row) => row.key });
    const objects = fc.uniqueArray(fc.record({ key, age }), { selector: (object) => object.key });
    await fc.assert(
      fc.asyncProperty(rows, objects, async (someRows, someObjects) => {
        const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
        const sortedRows = someRows.toSorted(byKey);
        const sortedObjects = someObjects.toSorted(byKey);
        const found: string[] = [];
        const findings = compareRowsAndObjects(
          each(sortedRows.map((row): ObjectRow => ({ key: row.key, expiresAt: hoursAgo(row.age) }))),
          each(
            sortedObjects.map((one): ListedObject => ({
              key: one.key,
              sizeBytes: 1,
              storedAt: hoursAgo(one.age),
            })),
          ),
          { now, orphanAfterMs: HOUR_MS },
        );
        for await (const finding of findings)
          found.push(`${finding.kind} ${"row" in finding ? finding.row.key : finding.object.key}`);
        const named = new Set(someRows.map((row) => row.key));
        const there = new Set(someObjects.map((one) => one.key));
        const expected = [
          ...someRows.filter((row) => row.age >= 0).map((row) => `expired ${row.key}`),
          ...someRows.filter((row) => row.age < 0 && !there.has(row.key)).map((row) => `lost ${row.key}`),
          ...someObjects
            .filter((one) => one.age >= 1 && !named.has(one.key))
            .map((one) => `orphan ${one.key}`),
        ];
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});

describe("a sweep", () => {
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

  const keyOf = (tenantId: string): ObjectKey =>
    makeObjectKey({ tenantId, module: "m", purpose: "p" }, new Date(), randomUUID());
  const put = async (tenantId: string): Promise<ObjectKey> => {
    const key = keyOf(tenantId);
    await store.put(key, each([Buffer.from("x")]));
    return key;
  };

  it("removes what is over, in this tenant only, and reports what is lost", async () => {
    const [expired, kept, orphan, others] = [
      await put("north"),
      await put("north"),
      await put("north"),
      await put("south"),
    ];
    const upload = await store.beginUpload(keyOf("north"));
    const othersUpload = await store.beginUpload(keyOf("south"));
    server.bucket.store("north/m/by-hand.txt", Buffer.from("x"), {});
    skewMs = 25 * HOUR_MS;
    const fresh = await put("north"); // its row is not committed yet
    const lost = keyOf("north");
    const at = new Date(Date.now() + skewMs);
    const rows = new Map<ObjectKey, ObjectRow>(
      [
        { key: expired, expiresAt: at },
        { key: kept, expiresAt: null },
        { key: lost, expiresAt: null },
      ].map((row) => [row.key, row]),
    );
    const request = {
      prefix: "north/m/",
      rows: () => each([...rows.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))),
      now: at,
      orphanAfterMs: 24 * HOUR_MS,
      uploadAfterMs: 24 * HOUR_MS,
    };
    const removeRow = async ({ key }: ObjectRow): Promise<void> => void rows.delete(key);

    // Killed between the object and its row: the next sweep does the rest.
    const killed = sweepObjects(store, request, () => Promise.reject(new Error("killed")));
    await expect(killed).rejects.toThrow("killed");
    expect(rows.has(expired)).toBe(true);

    const swept = await sweepObjects(store, request, removeRow);
    expect(swept).toMatchObject({ expired: 1, lost: [lost], abortedUploads: 1 });
    expect([...rows.keys()].toSorted()).toEqual([kept, lost].toSorted());
    expect([...server.bucket.objects.keys()].toSorted()).toEqual(
      [kept, fresh, others, "north/m/by-hand.txt"].toSorted(),
    );
    expect(server.bucket.objects.has(orphan)).toBe(false);
    expect(await store.listParts(upload)).toBeNull();
    expect(await store.listParts(othersUpload)).toEqual([]);
    expect(await sweepObjects(store, request, removeRow)).toEqual({
      expired: 0,
      orphans: 0,
      lost: [lost],
      abortedUploads: 0,
    });
  });
});
