import { accessSync, constants, statfsSync, statSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";
import { broken, fine, odd, type Finding } from "./finding.ts";

const MEBIBYTE = 1024 * 1024;
/** An empty embedded database takes about 60 MiB; below this the first import may not fit. */
const LEAST_FREE_MIB = 300;
const COMFORTABLE_FREE_MIB = 2048;

/** Whether the data folder can be used by this user, and how much room it has. Nothing is made or changed. */
export function checkDataFolder(dataDir: string, uid: number | undefined): readonly Finding[] {
  const path = resolve(dataDir);
  const existing = nearestExisting(path);
  return [writableFinding(path, existing, uid), spaceFinding(existing.path)];
}

interface Existing {
  readonly path: string;
  readonly stats: Stats;
}

/** The folder itself, or the closest one above it: that is where it would be made. */
function nearestExisting(path: string): Existing {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? nearestExisting(dirname(path)) : { path, stats };
}

function writableFinding(path: string, existing: Existing, uid: number | undefined): Finding {
  const chooseAnother = "choose another folder with OCTAVO_DATA_DIR";
  if (!existing.stats.isDirectory())
    return broken("Data folder", `${existing.path} is not a folder`, chooseAnother);
  try {
    accessSync(existing.path, constants.W_OK | constants.X_OK);
  } catch {
    const owner = uid === undefined ? "" : ` (it belongs to user ${existing.stats.uid}, you are ${uid})`;
    return broken(
      "Data folder",
      `${existing.path} cannot be written${owner}`,
      `give this user the folder, or ${chooseAnother}`,
    );
  }
  if (existing.path !== path) return fine("Data folder", `${path} will be made`);
  if (uid !== undefined && existing.stats.uid !== uid) {
    return odd(
      "Data folder",
      `${path} belongs to user ${existing.stats.uid}, you are ${uid}`,
      "start as that user, or files of two owners will mix there",
    );
  }
  return fine("Data folder", `${path}, owned by ${uid === undefined ? "this user" : `this user (${uid})`}`);
}

function spaceFinding(path: string): Finding {
  const { bavail, bsize } = statfsSync(path);
  return judgeSpace(Math.floor((bavail * bsize) / MEBIBYTE), path);
}

/** @param freeMib what this user may still write, in mebibytes */
export function judgeSpace(freeMib: number, path: string): Finding {
  const says = `${freeMib >= 10 * 1024 ? `${Math.floor(freeMib / 1024)} GiB` : `${freeMib} MiB`} free at ${path}`;
  if (freeMib < LEAST_FREE_MIB)
    return broken("Disk space", says, `make room: at least ${LEAST_FREE_MIB} MiB are needed to begin`);
  if (freeMib < COMFORTABLE_FREE_MIB) return odd("Disk space", says, "make room before the database grows");
  return fine("Disk space", says);
}
