import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { err, ok } from "@octavo/result";
import { shellWord, shownPath, typedPath } from "../caller-folder.ts";
import { command } from "../command.ts";
import { failure } from "../exit-codes.ts";
import { moduleNames } from "../module-new/module-names.ts";
import { packedKit, templateFolder } from "../module-new/packed-kit.ts";
import { projectFiles, tarballPath } from "../module-new/project-files.ts";

export const moduleNew = command({
  path: "module new",
  summary: "writes the project of a new back-end module, with tests",
  description:
    "A folder of its own, outside of this one if you like: it brings the packed module kit along.\n" +
    "It runs on Node 24 without a build step.",
  examples: [
    { line: "module new mod-loan-desk", says: "in the folder mod-loan-desk" },
    { line: "module new mod-loan-desk --folder ~/work/desk", says: "in another one" },
  ],
  operands: { name: { kind: "one", label: "NAME", help: "of the module, as in its id: mod-loan-desk" } },
  options: {
    folder: {
      kind: "text",
      value: "DIR",
      help: "where to write it; must be empty or not there; default NAME",
    },
    packages: {
      kind: "text",
      value: "DIR",
      help: "tarballs of npm run pack; default those of this repository",
    },
    "dry-run": { kind: "flag", help: "only say which files would be written" },
  },
  exits: {
    0: "written",
    1: "the folder is not empty, or there is no packed kit",
    2: "the name is not one of a module",
  },
  run: async ({ operands, options, json }, { terminal, folder: caller, version }) => {
    const names = moduleNames(operands.name);
    if (!names.ok) return names;
    const folder = resolve(caller, options.folder ?? operands.name);
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      return err(failure(1, `${folder} is not empty`, "name another one: --folder DIR"));
    }
    const tarballs = packedKit(
      options.packages === undefined ? null : typedPath(options.packages, caller),
      version,
    );
    if (!tarballs.ok) return tarballs;
    const files = projectFiles(templateFolder, names.value, tarballs.value);
    const brought = [...tarballs.value.values()];
    const paths = [...files.map(({ path }) => path), ...brought.map(tarballPath)];
    if (!options["dry-run"]) {
      for (const { path, text } of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      for (const tarball of brought) cpSync(tarball, join(folder, tarballPath(tarball)));
    }
    if (json) terminal.print(JSON.stringify({ folder, files: paths }, null, 2));
    else if (options["dry-run"]) terminal.print(`${paths.join("\n")}\n\nNothing was written.`);
    else terminal.print(nextSteps(shownPath(folder, caller)));
    return ok(undefined);
  },
});

function nextSteps(folder: string): string {
  return `Written to ${folder}. Next:\n\n  cd ${shellWord(folder)}\n  npm install\n  npm test\n\nREADME.md there says how to run it.`;
}
