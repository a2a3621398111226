import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The entry files of the modules that come with the repository; none as in a packed `octavo`. */
export function findOwnModules(repositoryRoot: string): readonly string[] {
  const folder = join(repositoryRoot, "modules");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name, "src", "index.ts"))
    .filter((file) => existsSync(file));
}
