import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./stored-file.ts";

/** Files below `root` as `a/b/c`, those that begin with `prefix`, in the order of their bytes. Nothing but one folder's names is held. */
export async function* walk(root: string, prefix: string, within = ""): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(root, within))) {
    const path = within + entry;
    if (entry.endsWith("/")) {
      if (prefix.startsWith(path) || path.startsWith(prefix)) yield* walk(root, prefix, path);
    } else if (path.startsWith(prefix)) yield path;
  }
}

/** Folders end with `/`, and are sorted so: `a-b/` comes before `a/`, as their files' keys do. */
async function entriesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .toSorted((a, b) => (a < b ? -1 : 1));
}
