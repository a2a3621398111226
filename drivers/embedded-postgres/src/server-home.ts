import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { err, ok, type Result } from "@octavo/result";
import {
  errorCode,
  fileSystemError,
  postgresError,
  type EmbeddedPostgresError,
} from "./embedded-postgres-error.ts";
import {
  canTraverse,
  isRoot,
  ownerOf,
  unprivilegedUser,
  type RunAs,
  type ServerUser,
} from "./server-user.ts";

/** Where the server's files lie and who runs it. */
export interface ServerHome {
  /** Holds `cluster`, the log, the port, the list of users and perhaps a copy of the binaries. */
  readonly dir: string;
  readonly runAs: RunAs;
}

/** In the data folder: where the server's files really are, one line. Absent where they are in the data folder. */
const HOME_FILE = "home.txt";

/** Finds or makes the home of the server that belongs to `dataDir`.
 *
 * An ordinary user has it in the data folder. Root must run PostgreSQL as somebody else (`postgres`, else `nobody`), who
 * has to reach the files: where every folder above lets him pass they are in the data folder too, else in a folder of
 * their own below `homesOfRoot`, and the data folder says so in `home.txt`, so that the next start finds them. The name
 * there is a hash of the data folder's path and a random part: a data folder that was removed and made again begins
 * with an empty database, as it would anywhere else, and the old one stays until somebody removes it.
 * @param homesOfRoot for tests; `/var/lib/octavo` */
export function findServerHome(
  dataDir: string,
  homesOfRoot = "/var/lib/octavo",
): Result<ServerHome, EmbeddedPostgresError> {
  let real: string;
  try {
    makeFolder(dataDir);
    real = realpathSync(dataDir);
    accessSync(real, constants.W_OK | constants.X_OK);
  } catch (cause) {
    return err(fileSystemError(cause, "writing to the data folder", dataDir));
  }
  const recorded = recordedHome(real);
  if (recorded !== null && !existsSync(recorded)) {
    return err(
      postgresError(
        "damaged-data",
        `opening the database of ${real}: ${HOME_FILE} there says it is in ${recorded}, which is gone. ` +
          `Bring that folder back, or remove ${HOME_FILE} to begin with an empty database.`,
      ),
    );
  }
  const dir = recorded ?? real;
  if (!isRoot()) return ok({ dir, runAs: null });
  if (existsSync(join(dir, "cluster", "data"))) return existingHomeForRoot(dir);
  const user = unprivilegedUser();
  if (user === null) {
    return err(
      postgresError(
        "no-unprivileged-user",
        "starting PostgreSQL as root: it refuses that, and /etc/passwd has neither a user postgres nor nobody. " +
          "Add one (useradd --system postgres), start as an ordinary user, or set DATABASE_URL.",
      ),
    );
  }
  if (canTraverse(user, dir)) return ok({ dir, runAs: user });
  return newHomeForRoot(real, homesOfRoot, user);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
  } catch (cause) {
    // On a read-only disk Node's recursive mkdir says ENOENT; without recursion the true reason comes out.
    if (errorCode(cause) === "ENOENT" && existsSync(dirname(path))) mkdirSync(path);
    throw cause;
  }
}

function existingHomeForRoot(dir: string): Result<ServerHome, EmbeddedPostgresError> {
  // Served as its owner: an ordinary user may have made it, and wants to open it again.
  const owner = ownerOf(join(dir, "cluster", "data"));
  if (owner.uid !== 0 && canTraverse(owner, dir)) return ok({ dir, runAs: owner });
  return err(
    postgresError(
      "not-writable",
      `opening the database in ${dir}: its files belong to user ${owner.uid}, ` +
        `${owner.uid === 0 ? "and PostgreSQL refuses to run as root" : "who cannot reach them"}. ` +
        "Let that user pass through the folders above (chmod o+x), or give the files to one who can.",
    ),
  );
}

function newHomeForRoot(
  dataDir: string,
  homesOfRoot: string,
  user: ServerUser,
): Result<ServerHome, EmbeddedPostgresError> {
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const dir = join(homesOfRoot, `${hash}-${randomBytes(3).toString("hex")}`);
  try {
    for (const folder of [homesOfRoot, dir]) {
      const made = mkdirSync(folder, { recursive: true });
      if (made !== undefined) chmodSync(folder, 0o711); // whatever the umask is
    }
    if (!canTraverse(user, dir)) {
      rmSync(dir, { recursive: true });
      return err(
        postgresError(
          "not-writable",
          `starting PostgreSQL as user ${user.uid}: that user can reach neither ${dataDir} nor ${homesOfRoot}. ` +
            "Let it pass through the folders above one of them (chmod o+x), or set DATABASE_URL.",
        ),
      );
    }
    // For whoever finds it here: a data folder that is removed leaves this one behind.
    writeFileSync(join(dir, "belongs-to.txt"), `${dataDir}\n`);
    const home = recordHome(dataDir, dir);
    if (home !== dir) rmSync(dir, { recursive: true });
    return ok({ dir: home, runAs: user });
  } catch (cause) {
    return err(fileSystemError(cause, "making a folder that PostgreSQL can reach,", dir));
  }
}

/** Writes `home` down unless another start was faster; answers with what stands. */
function recordHome(dataDir: string, home: string): string {
  const unfinished = join(dataDir, `${HOME_FILE}.${process.pid}`);
  writeFileSync(unfinished, `${home}\n`, { mode: 0o644 });
  try {
    linkSync(unfinished, join(dataDir, HOME_FILE)); // all of it or nothing, and never over another's
  } catch (cause) {
    if (errorCode(cause) !== "EEXIST") throw cause;
  } finally {
    rmSync(unfinished);
  }
  return recordedHome(dataDir) ?? home;
}

function recordedHome(dataDir: string): string | null {
  const path = join(dataDir, HOME_FILE);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
}
