import { describe, expect, it } from "vitest";
import { plainPaint } from "../terminal.ts";
import { judgeSpace } from "./check-data-folder.ts";
import { judgeOpenFiles } from "./check-limits.ts";
import { checkNames } from "./check-names.ts";
import { checkNode } from "./check-node.ts";
import { broken, findingsPage, fine, odd } from "./finding.ts";

describe("the doctor's page", () => {
  it("has a line per check, its remedy below, and the sum at the end", async () => {
    const findings = [
      fine("Node", "24.21.0"),
      odd("Variables", "OCTAVO_PROT is set, and nothing reads it", "did you mean OCTAVO_PORT?"),
      broken("Port", "127.0.0.1:9130 is taken", "choose another with OCTAVO_PORT"),
    ];
    await expect(`${findingsPage(findings, plainPaint)}\n`).toMatchFileSnapshot("../testdata/doctor.txt");
  });
});

describe("the doctor", () => {
  it.each([
    ["v24.21.0", "ok"],
    ["v25.0.0", "ok"],
    ["v22.9.0", "fail"],
    ["nonsense", "fail"],
  ])("finds Node %s %s", (version, verdict) => {
    expect(checkNode(version).verdict).toBe(verdict);
  });

  it.each([
    [100, "fail"],
    [1000, "warn"],
    [50_000, "ok"],
  ])("finds %d MiB of disk space %s", (freeMib, verdict) => {
    expect(judgeSpace(freeMib, "/data").verdict).toBe(verdict);
  });

  it.each([
    [1024, "warn"],
    [4096, "ok"],
    ["unlimited" as const, "ok"],
    [null, "ok"],
  ])("finds a limit of %s open files %s", (limit, verdict) => {
    expect(judgeOpenFiles(limit).verdict).toBe(verdict);
  });

  it("finds misspelt variables and says what was meant", () => {
    expect(checkNames({ OCTAVO_PROT: "1", OCTAVO_PORT: "2", PATH: "x", OCTAVO_SOMETHING_ELSE: "" })).toEqual([
      odd("Variables", "OCTAVO_PROT is set, and nothing reads it", "did you mean OCTAVO_PORT?"),
      odd("Variables", "OCTAVO_SOMETHING_ELSE is set, and nothing reads it", "see: octavo help environment"),
    ]);
  });

  it("is content with variables that are read", () => {
    expect(checkNames({ OCTAVO_PORT: "2", OCTAVO_DB_URL: "x", OCTAVO_LOGIN_FAIL_ATTEMPTS: "3" })).toEqual([
      fine("Variables", "set: OCTAVO_PORT, OCTAVO_DB_URL, OCTAVO_LOGIN_FAIL_ATTEMPTS"),
    ]);
  });
});
