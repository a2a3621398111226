import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callerFolder, shellWord, shownPath, typedPath } from "./caller-folder.ts";

const here = process.cwd();

describe("the folder of the caller", () => {
  it.each([
    ["the process's own", {}, "/root"],
    ["that of npm's call, through our launcher", { OCTAVO_LAUNCHED: "1", INIT_CWD: "/docs" }, "/docs"],
    ["not that of another program's npm", { INIT_CWD: "/docs" }, "/root"],
    ["the process's own without npm", { OCTAVO_LAUNCHED: "1" }, "/root"],
  ])("is %s", (_which, env, folder) => {
    expect(callerFolder(env, "/root")).toBe(folder);
  });

  it("is where relative paths of the command line begin", () => {
    expect(typedPath("a.json", "/docs")).toBe("/docs/a.json");
    expect(typedPath("/tmp/a.json", "/docs")).toBe("/tmp/a.json");
    expect(typedPath("a.json", here)).toBe("a.json");
  });

  it("is what printed paths are typed in again", () => {
    expect(shownPath(join(here, "x"), here)).toBe("x");
    expect(shownPath(join(here, "x"), join(here, "docs"))).toBe("../x");
    expect(shownPath(here, here)).toBe(".");
    expect(shownPath("/x", "/a/b/c")).toBe("/x");
  });
});

describe("a printed word", () => {
  it.each(["plain-1.0/../a.json", "two words", "it's", "$HOME", '"', "a;b", "*", "", "ä"])(
    "is read back by a shell: %j",
    (word) => {
      expect(execFileSync("sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" })).toBe(word);
    },
  );

  it("is plain where it can be", () => {
    expect(shellWord("../shared/folio/release-a/install.json")).toBe(
      "../shared/folio/release-a/install.json",
    );
  });
});
