import { describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { variables } from "./environment.ts";

describe("octavo help environment", () => {
  it("explains every variable that an operator may set, and none that is ours", async () => {
    const { stdout } = await capturedRun("help environment");
    const named = [...stdout.matchAll(/^ {2}([A-Z_]+) /gmu)].map(([, name]) => name);
    expect(named).toEqual(variables.map(({ name }) => name));
    expect(named).toContain("OCTAVO_FAMILY");
    expect(named).not.toContain("OCTAVO_LAUNCHED");
  });

  it("says what docs/environment.md says", async () => {
    const rows = variables.map(
      ({ name, default: otherwise, help }) => `| \`${name}\` | ${otherwise} | ${help} |`,
    );
    const page = [
      "# Environment variables",
      "",
      "All of it is read once, at the start; all mistakes are said together. `octavo doctor` finds misspelt names.",
      "",
      "| variable | default | meaning |",
      "| --- | --- | --- |",
      ...rows,
      "",
    ].join("\n");
    await expect(page).toMatchFileSnapshot("../../../docs/environment.md");
  });
});
