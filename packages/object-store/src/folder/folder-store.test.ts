import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeObjectKey, type ObjectKey, type ObjectStore, StoreAway } from "../index.ts";
import { openFolderStore } from "./folder-store.ts";

let root: string;
let store: ObjectStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "octavo-objects-"));
  store = await openFolderStore(root, () => new Date());
});
afterEach(() => rm(root, { recursive: true }));

const anyKey = (): ObjectKey =>
  makeObjectKey({ tenantId: "north", module: "m", purpose: "p" }, new Date("2026-03-01"), randomUUID());

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe("a folder of objects", () => {
  it("is left by no key, whatever a caller casts", async () => {
    for (const key of ["../../etc/passwd", "north/m/p/2026/03/01/../../../../../../x", "/etc/passwd"]) {
      await expect(store.put(key as ObjectKey, body("x"))).rejects.toThrow("stays in its folder"); // the cast is the test
      await expect(store.get(key as ObjectKey)).rejects.toThrow("stays in its folder");
      expect(await store.listParts({ key: anyKey(), uploadId: key })).toBeNull();
      await store.abortUpload({ key: anyKey(), uploadId: ".." });
    }
    expect((await readdir(root)).toSorted()).toEqual(["incoming", "objects", "uploads"]);
  });

  it("follows no link that was put in an object's place", async () => {
    const key = anyKey();
    await store.put(key, body("x"));
    const path = join(root, "objects", key);
    await rm(path);
    await writeFile(join(root, "secret"), "secret");
    await symlink(join(root, "secret"), path);
    await expect(store.get(key)).rejects.toThrow("ELOOP");
  });

  it("says that a file is damaged rather than give half of it", async () => {
    const key = anyKey();
    await store.put(key, body("0123456789"));
    await truncate(join(root, "objects", key), 30);
    await expect(store.get(key)).rejects.toThrow(StoreAway);
  });

  it("forgets what a killed process was writing, after a day, and nothing of today", async () => {
    const left = join(root, "incoming", "left");
    const fresh = join(root, "incoming", "fresh");
    await writeFile(left, "half");
    await writeFile(fresh, "half");
    await utimes(left, new Date(), new Date(Date.now() - 25 * 60 * 60 * 1000));
    await openFolderStore(root, () => new Date());
    expect(await readdir(join(root, "incoming"))).toEqual(["fresh"]);
  });

  it("keeps no empty folders, and several may put and delete beside each other", async () => {
    const work = Array.from({ length: 40 }, async () => {
      const key = anyKey();
      expect(await store.put(key, body("x"))).toMatchObject({ ok: true });
      await store.delete(key);
    });
    await Promise.all(work);
    expect(await readdir(join(root, "objects"))).toEqual([]);
    expect(await readdir(join(root, "incoming"))).toEqual([]);
  });

  it("lists nothing of what is not its own, and reads what stands beside a neighbour that was removed", async () => {
    const [one, two] = [anyKey(), anyKey()];
    await store.put(one, body("1"));
    await store.put(two, body("2"));
    await store.delete(one);
    expect(await readdir(dirname(join(root, "objects", two)))).toEqual([two.split("/").at(-1)]);
  });
});
