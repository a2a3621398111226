import { describe, expect, it } from "vitest";
import { keyPrefix, makeObjectKey, parseObjectKey } from "./object-key.ts";

const uuid = "0f1e2d3c-4b5a-4697-8788-99aabbccddee";
const owner = { tenantId: "north_library", module: "octavo-import", purpose: "files" };
const day = new Date("2026-03-01T23:30:00Z");

describe("a key", () => {
  it("says whose it is, what for, and of which day", () => {
    const key = makeObjectKey(owner, day, uuid);
    expect(key).toBe(`north_library/octavo-import/files/2026/03/01/${uuid}`);
    expect(parseObjectKey(key)).toBe(key);
    expect(key.startsWith(keyPrefix(owner))).toBe(true);
    expect(keyPrefix({ tenantId: "north_library" })).toBe("north_library/");
  });

  it.each([
    `../octavo-import/files/2026/03/01/${uuid}`,
    `north/../files/2026/03/01/${uuid}`,
    `north/octavo-import/files/2026/03/01/../../${uuid}`,
    `/north/octavo-import/files/2026/03/01/${uuid}`,
    `north/octavo-import/files/2026/03/01/${uuid}/more`,
    `north//files/2026/03/01/${uuid}`,
    `north/octavo-import/files/2026/13/01/${uuid}`,
    `north/octavo-import/files/2026/03/01/${uuid}\n`,
    `north/octavo-import/files/2026/03/01/${uuid.toUpperCase()}`,
    `north\\x/octavo-import/files/2026/03/01/${uuid}`,
    `north/octavo-import/files/2026/03/01/passwd`,
    "",
  ])("is nothing else: %j", (text) => {
    expect(parseObjectKey(text)).toBeNull();
  });

  it.each([{ tenantId: "../x" }, { tenantId: "" }, { module: "a/b" }, { purpose: "Größe" }])(
    "is not made of %j",
    (part) => {
      expect(() => makeObjectKey({ ...owner, ...part }, day, uuid)).toThrow("no key of an object");
    },
  );
});
