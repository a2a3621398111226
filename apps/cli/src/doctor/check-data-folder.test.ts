import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, describe, expect, it } from "vitest";
import { checkDataFolder } from "./check-data-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const uid = process.getuid?.();

describe("the doctor on a data folder", () => {
  it("says that a missing one will be made, and makes nothing", () => {
    const path = join(folder.path, "new", "deep");
    expect(checkDataFolder(path, uid)[0]).toMatchObject({ verdict: "ok", says: `${path} will be made` });
    expect(checkDataFolder(path, uid)[0]).toMatchObject({ says: `${path} will be made` });
  });

  it("says who owns one that is there", () => {
    const path = join(folder.path, "there");
    mkdirSync(path);
    expect(checkDataFolder(path, uid)[0]).toMatchObject({ verdict: "ok" });
    expect(checkDataFolder(path, (uid ?? 0) + 1)[0]).toMatchObject({ verdict: "warn" });
  });

  it("refuses a file in its place", () => {
    const path = join(folder.path, "file");
    writeFileSync(path, "");
    expect(checkDataFolder(path, uid)[0]).toMatchObject({ verdict: "fail", says: `${path} is not a folder` });
  });
});
