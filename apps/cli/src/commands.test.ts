import { describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { commands } from "./commands.ts";
import { parseCommandLine } from "./parse-command-line.ts";

describe("every command", () => {
  it.each(commands.map((each) => [each.path, each] as const))(
    "%s has examples that can be typed as they stand",
    (_, command) => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) {
        // As a shell would split it: quoted words together, what follows ">" away.
        const words = [...line.replace(/ > .*$/u, "").matchAll(/"([^"]*)"|\S+/gu)].map(
          (match) => match[1] ?? match[0],
        );
        const request = parseCommandLine(words, commands);
        expect(request.ok && request.value.kind === "run" && request.value.command.path).toBe(command.path);
      }
    },
  );

  it.each(commands.map((each) => [each.path, each] as const))(
    "%s says what its exit codes mean",
    (_, command) => {
      expect(Object.keys(command.exits)).toContain("0");
      expect(Object.keys(command.exits)).toContain("2");
    },
  );

  it.each(commands.map((each) => [each.path]))(
    "%s fits a screen of 120 columns in its help",
    async (path) => {
      const { stdout } = await capturedRun(`${path} --help`);
      expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
    },
  );
});

describe("octavo help", () => {
  it.each([
    ["", "overview"],
    ["plan install --help", "help-plan-install"],
    ["help module", "help-module"],
    ["help exit-codes", "help-exit-codes"],
    ["help environment", "help-environment"],
  ])("octavo %s prints %s.txt", async (line, golden) => {
    const { stdout, stderr, exitCode } = await capturedRun(line);
    await expect(stdout).toMatchFileSnapshot(`testdata/${golden}.txt`);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  });

  it("prints the commands as JSON for programs", async () => {
    const { stdout } = await capturedRun("help --json");
    const listed: unknown = JSON.parse(stdout);
    expect(listed).toHaveLength(commands.length);
    expect(listed).toContainEqual(expect.objectContaining({ command: "tenant create" }));
  });

  it("suggests the topic that was meant", async () => {
    expect(await capturedRun("help plan instal")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'octavo: no help for "plan instal"\n        did you mean: octavo help plan install?\n',
    });
  });

  it.each([
    ["--version", "octavo 0.1.0\n"],
    ["--version --json", '{"version":"0.1.0"}\n'],
  ])("%s prints the version", async (line, stdout) => {
    expect(await capturedRun(line)).toEqual({ exitCode: 0, stdout, stderr: "" });
  });
});

describe("wrong usage", () => {
  it.each([
    ["module list --latest many", "--latest must be a number from 1, not many"],
    ["module list --columns id,nmae", 'unknown column "nmae"\n        did you mean name?'],
    ["plan install demo", "no module is named: name one, or --file, --disable or --all"],
    ["plan upgrade demo --pre-release maybe", "--pre-release must be true, false or only, not maybe"],
    ["operator create me", "--role is missing: admin, viewer, deployer, tenant-admin"],
    ["operator create me --role amdin", "unknown role amdin\n        did you mean admin?"],
    ["discovery register mod-users-1.0.0 localhost", "not an http address: localhost"],
    ["tenant list --url nonsense", "--url is no http address: nonsense"],
    [
      "tenant list --token-file /does/not/exist",
      "cannot read the operator token from /does/not/exist (--token-file): not there",
    ],
  ])("octavo %s ends with 2 before anything is sent", async (line, message) => {
    const { exitCode, stdout, stderr } = await capturedRun(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr.slice(0, message.length + 8)).toBe(`octavo: ${message}`);
  });
});
