import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { err, ok, type Result } from "@octavo/result";
import { makeFolderOnce } from "./atomic-folder.ts";
import {
  errorCode,
  fileSystemError,
  postgresError,
  type EmbeddedPostgresError,
} from "./embedded-postgres-error.ts";
import type { PlatformPackage } from "./platform-package.ts";
import type { ServerHome } from "./server-home.ts";
import { serverEnvironment } from "./server-environment.ts";
import { canReach, type RunAs } from "./server-user.ts";

/** Programs that were seen to run here, as the user who will run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** "18.4" */
  readonly version: string;
}

/** Makes the package's programs runnable: in place where its libraries can be linked and the server's user can reach
 * them, else as a copy in the server's home (a read-only or foreign node_modules, a checkout in root's own folder). */
export async function runnableBinaries(
  { nativeDir, label }: PlatformPackage,
  home: ServerHome,
): Promise<Result<Binaries, EmbeddedPostgresError>> {
  const copy = join(home.dir, `native-${label}`);
  try {
    if (isReachable(nativeDir, home.runAs) && linkLibraries(nativeDir)) return tryOut(nativeDir, home.runAs);
    if (!existsSync(copy)) {
      await makeFolderOnce(copy, async (unfinished) => {
        copyReadable(nativeDir, unfinished);
        linkLibraries(unfinished);
        return null;
      });
    }
  } catch (cause) {
    return err(fileSystemError(cause, "copying PostgreSQL's programs to", copy));
  }
  return tryOut(copy, home.runAs);
}

/** Makes the links that the package lists but npm does not unpack (`pg-symlinks.json`: library names without and with
 * the major version). May run twice and in two processes at once. False where this folder may not be written. */
function linkLibraries(nativeDir: string): boolean {
  const list = join(nativeDir, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  // The package's own list; both paths begin with "native/" and lie in one folder.
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(nativeDir), target).replace(join(dirname(nativeDir), "native"), nativeDir);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (cause) {
      const code = errorCode(cause);
      if (code === "EACCES" || code === "EROFS" || code === "EPERM") return false;
      if (code !== "EEXIST") throw cause;
    }
  }
  return true;
}

function isReachable(nativeDir: string, runAs: RunAs): boolean {
  // One file of each folder stands for the rest: npm unpacked all of them under one umask.
  const files = ["bin/postgres", "lib", "lib/postgresql/dict_snowball.so", "share/postgresql/postgres.bki"];
  return runAs === null || files.every((file) => canReach(runAs, join(nativeDir, file)));
}

/** Copies what the server needs, readable to everybody whatever the umask of the install was. */
function copyReadable(from: string, to: string): void {
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      mkdirSync(target);
      copyReadable(source, target);
    } else if (entry.isFile() && !entry.name.endsWith(".a")) {
      copyFileSync(source, target);
      chmodSync(target, (statSync(source).mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

/** Runs `postgres --version`: that it runs at all says more than any guess from the system's name. */
function tryOut(nativeDir: string, runAs: RunAs): Result<Binaries, EmbeddedPostgresError> {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(nativeDir, "bin", `${name}${suffix}`);
  const postgres = program("postgres");
  const tried = spawnSync(postgres, ["--version"], {
    ...runAs,
    env: serverEnvironment(),
    cwd: "/",
    encoding: "utf8",
  });
  const version = /\(PostgreSQL\) (\d+\.\d+)/.exec(tried.stdout ?? "")?.[1];
  if (tried.status === 0 && version !== undefined) {
    return ok({ initdb: program("initdb"), postgres, pgCtl: program("pg_ctl"), version });
  }
  return err(
    postgresError("unsupported-platform", `running ${postgres}: ${whyNot(tried.error, tried.stderr ?? "")}`),
  );
}

function whyNot(error: Error | undefined, stderr: string): string {
  const useYourOwn = "set DATABASE_URL to a PostgreSQL of your own";
  const code = errorCode(error);
  // The file is there, so what is missing is the loader that it names.
  if (code === "ENOENT")
    return `this system has no glibc (musl, as on Alpine); use a glibc image, or ${useYourOwn}.`;
  if (code === "EACCES")
    return `not permitted; is the folder mounted noexec? Choose another, or ${useYourOwn}.`;
  if (stderr.includes("GLIBC_"))
    return `this system's glibc is older than 2.27; update it, or ${useYourOwn}.`;
  return `${stderr.trim() || (error?.message ?? "no answer")}. Remove the package and install again, or ${useYourOwn}.`;
}
