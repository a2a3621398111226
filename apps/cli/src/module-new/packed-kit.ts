import { existsSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "../exit-codes.ts";

/** Tarballs that a new project brings along, by the name of their package; none where npm's registry has them. */
export type Tarballs = ReadonlyMap<string, string>;

const PACKAGES = ["module-kit", "module-testing", "cli"] as const;
const cliRoot = fileURLToPath(new URL("../..", import.meta.url));

/** @param folder `--packages`; without it what `npm run pack` has made, where this runs in the repository
 * @param version of this program: its packages have the same */
export function packedKit(folder: string | null, version: string): Result<Tarballs, Failure> {
  const isInRepository = extname(import.meta.filename) === ".ts";
  if (folder === null && !isInRepository) return ok(new Map());
  const place = folder ?? join(cliRoot, "..", "..", ".cache", "pack");
  const names = existsSync(place) ? readdirSync(place) : [];
  const found = new Map<string, string>();
  for (const name of PACKAGES) {
    const file = `octavo-${name}-${version}.tgz`;
    if (!names.includes(file))
      return err(failure(1, `there is no ${file} in ${place}`, "make it with: npm run pack"));
    found.set(`@octavo/${name}`, join(place, file));
  }
  return ok(found);
}

/** The folder of files that a new project is made of. */
export const templateFolder = join(cliRoot, "template");
