import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "@octavo/result";
import { makeFolderOnce } from "./atomic-folder.ts";
import { fileSystemError, postgresError, type EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Account } from "./greet-server.ts";
import type { Binaries } from "./runnable-binaries.ts";
import { serverEnvironment } from "./server-environment.ts";
import type { ServerHome } from "./server-home.ts";
import type { RunAs } from "./server-user.ts";

/** The data of the server and what belongs to it, made together: `data` (PostgreSQL's own), `run` (its socket), and
 * `password`, readable to us alone. */
export interface Cluster {
  readonly dir: string;
  readonly data: string;
  readonly run: string;
  readonly account: Account;
}

/** Opens the cluster in `home`; makes one where there is none. Two processes at once end with the same one. */
export async function ensureCluster(
  home: ServerHome,
  binaries: Binaries,
  onProgress: (line: string) => void,
): Promise<Result<Cluster, EmbeddedPostgresError>> {
  const dir = join(home.dir, "cluster");
  try {
    if (!existsSync(dir)) {
      onProgress(`making a database in ${home.dir} (PostgreSQL ${binaries.version})`);
      const failure = await makeFolderOnce(dir, (unfinished) => initialise(unfinished, binaries, home));
      if (failure !== null) return err(failure);
    }
    return openCluster(dir, binaries);
  } catch (cause) {
    return err(fileSystemError(cause, "opening the database in", dir));
  }
}

function openCluster(dir: string, binaries: Binaries): Result<Cluster, EmbeddedPostgresError> {
  const data = join(dir, "data");
  const missing = ["data/PG_VERSION", "data/global/pg_control", "password"].filter(
    (file) => !existsSync(join(dir, file)),
  );
  if (missing.length > 0) {
    return err(
      postgresError(
        "damaged-data",
        `opening the database in ${dir}: ${missing.join(" and ")} missing. ` +
          "Bring the folder back from a copy, or move it away to begin with an empty database.",
      ),
    );
  }
  const made = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  const major = binaries.version.split(".")[0] ?? "";
  if (made !== major) {
    return err(
      postgresError(
        "other-version",
        `opening the database in ${dir}: PostgreSQL ${made} made it, and this is ${binaries.version}. ` +
          `Start it with the Octavo that made it and move the data with pg_dump of ${made}, or move the folder away.`,
      ),
    );
  }
  const password = readFileSync(join(dir, "password"), "utf8").trim();
  return ok({
    dir,
    data,
    run: join(dir, "run"),
    account: { user: "octavo", password, database: "postgres" },
  });
}

async function initialise(
  dir: string,
  binaries: Binaries,
  home: ServerHome,
): Promise<EmbeddedPostgresError | null> {
  const { runAs } = home;
  const [data, run] = [join(dir, "data"), join(dir, "run")];
  for (const folder of [data, run]) {
    mkdirSync(folder, { mode: 0o700 });
    if (runAs !== null) chownSync(folder, runAs.uid, runAs.gid);
  }
  const password = randomBytes(24).toString("hex");
  writeFileSync(join(dir, "password"), `${password}\n`, { mode: 0o600 });
  // initdb reads it as the server's user, who cannot open ours.
  const passwordForInitdb = join(run, "password");
  writeFileSync(passwordForInitdb, `${password}\n`, { mode: 0o600 });
  if (runAs !== null) chownSync(passwordForInitdb, runAs.uid, runAs.gid);
  const { code, output } = await runProgram(
    binaries.initdb,
    initdbArguments(data, passwordForInitdb),
    dir,
    runAs,
  );
  rmSync(passwordForInitdb);
  if (code === 0) return null;
  if (output.includes("No space left on device")) {
    return postgresError(
      "disk-full",
      `making a database in ${home.dir}: the disk is full. Free about 100 MB and start again.`,
    );
  }
  return postgresError(
    "start-failed",
    `making a database in ${home.dir}: initdb ended with ${code}: ${output.trim()}`,
  );
}

/** UTF-8 with PostgreSQL's own C.UTF-8, which needs nothing from the system: old systems have no such locale, and the
 * order of texts must not change when the system's library does. Measured: 0.6 s, a third of it waiting for the disk. */
function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--username=octavo",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--no-instructions",
  ];
}

function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  runAs: RunAs,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...runAs,
      cwd,
      env: serverEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
