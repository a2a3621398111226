import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInstallFile } from "./install-file.ts";
import { readModuleFiles } from "./module-files.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "octavo-files-"));
  const files: Readonly<Record<string, string>> = {
    "one.json": '{ "id": "mod-one-1.0.0", "metadata": { "size": 1.0 } }\n',
    "two.json": '\uFEFF[\n{"id":"mod-two-1.0.0"},{"id":"mod-two-1.1.0"}]',
    "none.json": "[]",
    "broken.json": '{"id": ',
    "text.json": '"mod-one-1.0.0"',
    "nested.json": "[[]]",
    "null.json": "[null]",
    "no-id.json": '{"name": "x"}',
    "install.json": '[{"id": "mod-one-1.0.0", "action": "enable"}, {"id": "mod-two"}]',
    "install-bad.json": '[{"id": "mod-one-1.0.0"}, {"id": "mod-two", "action": "burn"}]',
    "install-object.json": '{"id": "mod-one-1.0.0"}',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "good"));
  writeFileSync(join(folder, "good", "b.json"), '{"id":"mod-b-1.0.0"}');
  writeFileSync(join(folder, "good", "a.json"), '{"id":"mod-a-1.0.0"}');
  writeFileSync(join(folder, "good", "notes.txt"), "not read");
  mkdirSync(join(folder, "empty"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (...names: readonly string[]) => readModuleFiles(names.map((name) => join(folder, name)));

describe("module descriptors in files", () => {
  it("go out as they are, digit for digit, as one array", () => {
    const files = read("one.json", "two.json", "none.json");
    expect(files).toMatchObject({
      ok: true,
      value: {
        text: '[{ "id": "mod-one-1.0.0", "metadata": { "size": 1.0 } },\n\n{"id":"mod-two-1.0.0"},{"id":"mod-two-1.1.0"}]',
      },
    });
  });

  it("of a folder are its .json files, ordered by name", () => {
    const files = read("good");
    expect(files.ok && files.value.modules.map(({ id }) => id)).toEqual(["mod-a-1.0.0", "mod-b-1.0.0"]);
  });

  it.each([
    [["gone.json"], "cannot read FOLDER/gone.json: not there"],
    [["one.json", "broken.json"], "FOLDER/broken.json is not JSON: "],
    [["text.json"], "FOLDER/text.json holds no module descriptor, but a string"],
    [["nested.json"], "FOLDER/nested.json holds no module descriptor, but a list in a list"],
    [["null.json"], "FOLDER/null.json holds no module descriptor, but null"],
    [["no-id.json"], "FOLDER/no-id.json holds no module descriptor: it has no id"],
    [["install.json"], "FOLDER/install.json is a list of what to install, not of descriptors"],
    [["empty"], "no .json file in the folder FOLDER/empty"],
    [["none.json"], "no module descriptor in FOLDER/none.json"],
  ])("%j cannot be imported, and the file is named", (names, message) => {
    const files = read(...names);
    expect(files.ok ? "" : files.error.message).toContain(message.replaceAll("FOLDER", folder));
  });
});

describe("a file of what to install", () => {
  it("is a list of ids, enabled where nothing else is said", () => {
    expect(readInstallFile(join(folder, "install.json"))).toEqual({
      ok: true,
      value: [
        { id: "mod-one-1.0.0", action: "enable" },
        { id: "mod-two", action: "enable" },
      ],
    });
  });

  it.each([
    ["gone.json", "cannot read FOLDER/gone.json: not there"],
    ["broken.json", "FOLDER/broken.json is not JSON: "],
    [
      "install-bad.json",
      'FOLDER/install-bad.json: entry 2 is not {"id": ..., "action": "enable" or "disable"}',
    ],
    ["install-object.json", "FOLDER/install-object.json is not a list of modules to install"],
  ])("%s is refused", (name, message) => {
    const wanted = readInstallFile(join(folder, name));
    expect(wanted.ok ? "" : wanted.error.message).toContain(message.replaceAll("FOLDER", folder));
  });
});
