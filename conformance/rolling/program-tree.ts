import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const parts = ["apps", "packages", "drivers", "modules", "package.json"];

/** The program as it was, or as it may be: a tree of its own with the dependencies of this one. */
export interface ProgramTree {
  readonly root: string;
  readonly remove: () => void;
}

/** The tree of a commit. */
export function treeOf(commit: string): ProgramTree {
  return made((root) => {
    const archive = execFileSync("git", ["archive", commit, ...parts], { cwd: here, maxBuffer: 2 ** 28 });
    execFileSync("tar", ["-x", "-C", root], { input: archive });
  });
}

/** This tree with files changed. @param changed from a path to what becomes of the file there; "" where there is none */
export function treeWith(changed: Readonly<Record<string, (text: string) => string>>): ProgramTree {
  return made((root) => {
    const isSource = (path: string): boolean => !path.includes("node_modules") && !path.includes(".cache");
    for (const part of parts)
      cpSync(join(here, part), join(root, part), { recursive: true, filter: isSource });
    for (const [path, change] of Object.entries(changed)) {
      const file = join(root, path);
      writeFileSync(file, change(textOf(file)));
    }
  });
}

/** The commit before the newest one that changed `paths`; that one itself where the one before cannot be gone back to.
 * @param canGoBack by what was in `paths` then
 * @returns null where the history does not reach so far */
export function commitBefore(paths: readonly string[], canGoBack: (text: string) => boolean): string | null {
  try {
    if (git("rev-parse", "--is-shallow-repository") === "true") return null;
    const newest = git("log", "-1", "--format=%H", "--", ...paths);
    if (newest === "") return null;
    const [before] = git("rev-list", "--parents", "-1", newest).split(" ").slice(1);
    if (before === undefined) return newest;
    const text = paths.map((path) => git("show", `${before}:${path}`)).join("");
    return canGoBack(text) ? before : newest;
  } catch {
    return null; // no repository, or none of git's
  }
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, {
    cwd: here,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

function made(fill: (root: string) => void): ProgramTree {
  const root = mkdtempSync(join(tmpdir(), "octavo-tree-"));
  fill(root);
  const own = join(root, "node_modules");
  mkdirSync(join(own, "@octavo"), { recursive: true });
  const shared = join(here, "node_modules");
  for (const name of readdirSync(shared))
    if (name !== "@octavo") symlinkSync(join(shared, name), join(own, name));
  for (const kind of ["apps", "packages", "drivers", "modules"]) {
    for (const name of namesIn(join(root, kind))) {
      const manifest = textOf(join(root, kind, name, "package.json"));
      if (manifest === "") continue;
      const { name: called } = JSON.parse(manifest) as { readonly name: string }; // a manifest
      symlinkSync(join(root, kind, name), join(own, called));
    }
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // that commit had none
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
