import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where real FOLIO releases lie: OCTAVO_FOLIO_DATA, else `../shared/folio` beside the repository. It is no part of the
 * repository, so that it may be absent: then `hasFolioData` is false, and tests that need it are skipped. */
export const folioData =
  process.env["OCTAVO_FOLIO_DATA"] ??
  join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "shared", "folio");

export const hasFolioData = existsSync(join(folioData, "release-a", "install.json"));

/** "older" is a set of single versions of core modules, no whole release; the others are whole. */
export type FolioRelease = "release-a" | "poppy" | "older";

const folders: Readonly<Record<FolioRelease, string>> = {
  "release-a": "release-a",
  poppy: "older/release-poppy",
  older: "older",
};

export interface DescriptorFile {
  /** "mod-users-19.3.2.json" */
  readonly file: string;
  readonly text: string;
}

/** The module descriptors of a release as they were published, in order of file name. */
export function readDescriptors(release: FolioRelease): readonly DescriptorFile[] {
  const folder = join(folioData, folders[release], "descriptors");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
}

export interface InstallEntry {
  readonly id: string;
  readonly action: string;
}

/** The modules that a release was published as, ready to be posted to Okapi's install. */
export function readInstallList(release: Exclude<FolioRelease, "older">): readonly InstallEntry[] {
  // The files are fixed and were read when this was written: lists of {id, action}.
  return JSON.parse(
    readFileSync(join(folioData, folders[release], "install.json"), "utf8"),
  ) as InstallEntry[];
}
