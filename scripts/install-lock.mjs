import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Takes the lock file at `path` if nobody holds it. It lists the processes that hold it, so that one left by a kill -9
 * is known at once: when none of them lives. Holders are ours and npm, which outlives us when only we are killed.
 * @returns null where a live process holds it */
export function takeLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  const writeHolders = (pids) => writeFileSync(own, pids.join("\n"));
  writeHolders([process.pid]);
  try {
    if (!link(own, path)) {
      removeIfDead(path);
      if (!link(own, path)) return null;
    }
  } finally {
    rmSync(own);
  }
  return {
    addHolder(pid) {
      writeHolders([process.pid, pid]);
      renameSync(own, path);
    },
    release: () => rmSync(path, { force: true }),
  };
}

/** A link appears with its content or not at all, and never over another's. */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function removeIfDead(path) {
  if (holdersLive(read(path))) return;
  // Two may come here at once: the second must not remove the lock that the first has just taken.
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (holdersLive(read(aside))) link(aside, path);
  rmSync(aside);
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

function holdersLive(text) {
  return text.split("\n").some((pid) => Number(pid) > 0 && isAlive(Number(pid)));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false; // EPERM: somebody else's, and alive
  }
  // One that ended and was not collected yet (in a container whose first process does not do so: never) still has its id.
  return !/^\d+ \(.*\) Z /s.test(read(`/proc/${pid}/stat`));
}
