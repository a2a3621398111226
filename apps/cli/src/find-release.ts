import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Modules to begin with. */
export interface Release {
  /** "FOLIO release A", for people. */
  readonly title: string;
  readonly descriptorsDir: string;
  readonly installFile: string;
}

/** Real FOLIO data where it lies beside the repository, else a small set of our own.
 * @param folioData OCTAVO_FOLIO_DATA, relative to the repository's root */
export function findRelease(repositoryRoot: string, cliRoot: string, folioData: string | undefined): Release {
  const real = join(resolve(repositoryRoot, folioData || join("..", "shared", "folio")), "release-a");
  if (existsSync(join(real, "install.json"))) return releaseIn(real, "FOLIO release A");
  return releaseIn(join(cliRoot, "sample-release"), "Octavo's own sample release (no FOLIO data here)");
}

function releaseIn(folder: string, title: string): Release {
  return { title, descriptorsDir: join(folder, "descriptors"), installFile: join(folder, "install.json") };
}
