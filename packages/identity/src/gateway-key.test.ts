import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseKey, readOrMakeKey } from "./gateway-key.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "octavo-key-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the gateway's key in the data folder", () => {
  it("is made once, for this user alone, and read back", () => {
    const path = join(folder, "new", "key");
    const made = readOrMakeKey(path);
    expect(made).toMatchObject({ ok: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readOrMakeKey(path)).toEqual(made);
    expect(made.ok && made.value.length).toBe(32);
  });

  it("is never replaced, where the file holds none", () => {
    const path = join(folder, "key");
    writeFileSync(path, "half a key");
    expect(readOrMakeKey(path)).toMatchObject({ ok: false, error: expect.stringContaining("holds no key") });
    expect(readFileSync(path, "utf8")).toBe("half a key");
  });

  it("says what it could not write", () => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, "file", "key");
    expect(readOrMakeKey(path)).toMatchObject({ ok: false, error: expect.stringContaining(path) });
  });
});

describe("a key as people write it", () => {
  const key = randomBytes(32);

  it.each(["hex", "base64", "base64url"] as const)("may be %s", (encoding) => {
    expect(parseKey(`${key.toString(encoding)}\n`)).toEqual(key);
  });

  it.each([
    ["", "empty"],
    ["correct horse battery staple", "a pass phrase"],
    [key.subarray(1).toString("base64"), "31 bytes"],
    [Buffer.concat([key, key]).toString("base64"), "64 bytes"],
    [key.toString("hex").slice(2), "62 digits"],
  ])("%j is none: %s", (text) => {
    expect(parseKey(text)).toBeNull();
  });
});
