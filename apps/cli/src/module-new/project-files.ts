import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { ModuleNames } from "./module-names.ts";
import { renamed } from "./module-names.ts";
import type { Tarballs } from "./packed-kit.ts";

/** A file of a new project, its path from the project's folder. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** Every text file of a new project, named and dependent on what it brings along. */
export function projectFiles(
  template: string,
  names: ModuleNames,
  tarballs: Tarballs,
): readonly ProjectFile[] {
  const paths = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(template, join(entry.parentPath, entry.name)))
    .sort();
  return paths.map((path) => {
    const text = renamed(readFileSync(join(template, path), "utf8"), names);
    if (path === "package.json") return { path, text: withTarballs(text, tarballs) };
    return { path: basename(path) === "gitignore" ? ".gitignore" : path, text }; // npm packs no file named .gitignore
  });
}

/** Where a tarball lies in the project: it goes along when the project is copied or put under version control. */
export function tarballPath(tarball: string): string {
  return `vendor/${basename(tarball)}`;
}

function withTarballs(text: string, tarballs: Tarballs): string {
  return [...tarballs].reduce(
    (changed, [name, tarball]) =>
      changed.replaceAll(new RegExp(`("${name}": )"[^"]*"`, "gu"), `$1"file:${tarballPath(tarball)}"`),
    text,
  );
}
