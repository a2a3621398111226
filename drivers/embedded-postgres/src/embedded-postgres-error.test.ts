import { describe, expect, it } from "vitest";
import { fileSystemError } from "./embedded-postgres-error.ts";

describe("what the file system refuses", () => {
  it.each([
    ["ENOSPC", "disk-full"],
    ["EDQUOT", "disk-full"],
    ["EACCES", "not-writable"],
    ["EROFS", "not-writable"],
    ["ENOTDIR", "not-writable"],
  ])("%s is told as %s, with the path and a remedy", (code, kind) => {
    const error = fileSystemError(Object.assign(new Error("refused"), { code }), "writing to", "/data");
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(/^writing to \/data: .*(Free|Give|Choose)/);
  });

  it("anything else is a mistake of ours and thrown on", () => {
    const bug = new TypeError("x is not a function");
    expect(() => fileSystemError(bug, "writing to", "/data")).toThrow(bug);
  });
});
