import { fileURLToPath } from "node:url";
import { unknownVariables } from "@octavo/gateway/variables";
import { parseHostConfig } from "@octavo/module-kit";
import { describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { platformVariables, variables } from "./environment.ts";
import { loadModules } from "./module-run/load-modules.ts";
import { moduleVariables } from "./module-run/variables.ts";
import { findOwnModules } from "./own-modules/find-own-modules.ts";
import { ownModuleVariables } from "./own-modules/own-module-variables.ts";

describe("octavo help environment", () => {
  it("explains every variable that an operator may set, and none that is ours", async () => {
    const { stdout } = await capturedRun("help environment");
    const named = [...stdout.matchAll(/^ {2}([A-Z_\d]+) /gmu)].map(([, name]) => name);
    expect(named).toEqual(variables.map(({ name }) => name));
    expect(named).toContain("OCTAVO_FAMILY");
    expect(named).not.toContain("OCTAVO_LAUNCHED");
  });

  it("says what docs/environment.md says", async () => {
    const row = ({ name, default: otherwise, help }: (typeof variables)[number]) =>
      `| \`${name}\` | ${otherwise} | ${help} |`;
    const head = ["| variable | default | meaning |", "| --- | --- | --- |"];
    const page = [
      "# Environment variables",
      "",
      "All of it is read once, at the start; all mistakes are said together. `octavo doctor` finds misspelt names.",
      "",
      ...head,
      ...platformVariables.map(row),
      "",
      "## Modules",
      "",
      "Of `octavo module run` and of every host of modules; OCTAVO_URL, OCTAVO_LOG_LEVEL, OCTAVO_DRAIN_DELAY_MS (0) and OCTAVO_DRAIN_GRACE_MS count there, too.",
      "",
      ...head,
      ...moduleVariables.map(row),
      "",
      "## Our modules",
      "",
      "Of the process that hosts them, `octavo up` among others. What sign-in does with them: [login.md](login.md).",
      "",
      ...head,
      ...ownModuleVariables.map(row),
      "",
    ].join("\n");
    await expect(page).toMatchFileSnapshot("../../../docs/environment.md");
  });

  it("explains what our modules read, and nothing that they do not", async () => {
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    const loaded = await loadModules(findOwnModules(root), root);
    if (!loaded.ok) throw new Error(loaded.error.message ?? "");
    const read = loaded.value.definitions.flatMap(({ env }) => env);
    expect(read.map(({ name, value, description }) => [name, value, description])).toEqual(
      ownModuleVariables.map((each) => [each.name, each.default, each.help]),
    );
  });

  it("has nothing of modules that a gateway beside them takes for misspelt", () => {
    const set = [...moduleVariables, ...ownModuleVariables].map(({ name }) => [name, "1"]);
    expect(unknownVariables(Object.fromEntries(set) as Record<string, string>)).toEqual([]); // as: texts
    expect(unknownVariables({ OCTAVO_PROT: "1" })).toEqual(["OCTAVO_PROT"]);
  });

  it("explains what the module kit reads, and nothing that it does not", () => {
    const read = new Set<string>();
    const env = { DB_HOST: "h", DB_USERNAME: "u", DB_DATABASE: "d", OCTAVO_EVENTS: "kafka" };
    const recorded = new Proxy<Record<string, string>>(env, {
      get: (target, name) => {
        read.add(String(name));
        return target[String(name)];
      },
    });
    parseHostConfig(recorded, () => "");
    const shared = ["OCTAVO_URL", "OCTAVO_LOG_LEVEL", "OCTAVO_DRAIN_DELAY_MS", "OCTAVO_DRAIN_GRACE_MS"];
    expect([...read].filter((name) => !shared.includes(name)).sort()).toEqual(
      moduleVariables.map(({ name }) => name).sort(),
    );
  });
});
