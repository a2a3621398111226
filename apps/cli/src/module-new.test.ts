import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { moduleNames, renamed } from "./module-new/module-names.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const packages = join(folder.path, "packages");
mkdirSync(packages);
for (const name of ["module-kit", "module-testing", "cli"]) {
  writeFileSync(join(packages, `octavo-${name}-0.1.0.tgz`), name);
}
const project = join(folder.path, "desk");
const run = (...more: readonly string[]) =>
  capturedRun(["module", "new", "mod-loan-desk", "--folder", project, ...more]);

describe("octavo module new", () => {
  it("says in a dry run what it would write, and writes nothing", async () => {
    const { stdout, exitCode } = await run("--packages", packages, "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("src/module.test.ts\nsrc/module.ts\n");
    expect(readdirSync(folder.path)).toEqual(["packages"]);
  });

  it("writes a project that is named throughout and brings its packages along", async () => {
    expect(await run("--packages", packages)).toMatchObject({ exitCode: 0 });
    const read = (path: string) => readFileSync(join(project, path), "utf8");
    const texts = readdirSync(project, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(?:ts|json|md)$/u.test(path))
      .map(read);
    expect(texts.join("\n")).not.toMatch(/example/iu);
    expect(read("src/module.ts")).toContain('path: "/loan-desk/{id}/take"');
    expect(JSON.parse(read("package.json"))).toMatchObject({
      name: "mod-loan-desk",
      dependencies: { "@octavo/module-kit": "file:vendor/octavo-module-kit-0.1.0.tgz" },
      devDependencies: { "@octavo/cli": "file:vendor/octavo-cli-0.1.0.tgz" },
    });
    expect(read("vendor/octavo-cli-0.1.0.tgz")).toBe("cli");
    expect(read(".gitignore")).toBe("node_modules\n");
  });

  it("leaves alone what is there", async () => {
    expect(await run("--packages", packages)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("is not empty") as unknown,
    });
  });

  it("says what is missing where nothing is packed", async () => {
    const outcome = await capturedRun([
      "module",
      "new",
      "mod-x",
      "--folder",
      join(folder.path, "x"),
      "--packages",
      project,
    ]);
    expect(outcome).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("npm run pack") as unknown,
    });
  });

  it.each([
    ["mod-loan-desk", "mod-loan-desk", "loan-desk", "Loan desk"],
    ["octavo-tags", "octavo-tags", "tags", "Tags"],
    ["edge-x1", "edge-x1", "edge-x1", "Edge x1"],
  ])("reads the name %s", (name, product, word, title) => {
    expect(moduleNames(name)).toEqual({ ok: true, value: { product, word, title } });
    const names = moduleNames(name);
    const text = "octavo-example octavo_example /example/{id} Example examples";
    const changed = `${product} ${product.replaceAll("-", "_")} /${word}/{id} ${title} examples`;
    expect(names.ok && renamed(text, names.value)).toBe(changed);
  });

  it.each(["Mod-x", "mod_x", "-x", "x".repeat(41), ""])('refuses the name "%s"', (name) => {
    expect(moduleNames(name)).toMatchObject({ ok: false, error: { exitCode: 2 } });
  });
});
