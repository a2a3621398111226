import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { takeLock } from "./install-lock.mjs";

const say = (line) => process.stderr.write(`octavo: ${line}\n`);

/** Installs what package-lock.json names, once: a stamp in node_modules holds the lock file's hash. Packages that
 * somebody installed by hand are taken as they are when they fit. Two first commands at once are safe: the second waits
 * for the first. */
export async function installPackages(root) {
  const stamp = join(root, "node_modules", ".octavo-installed");
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
  const wanted = createHash("sha256").update(lockText).digest("hex");
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (isInstalled()) return;
  try {
    const lock = await waitForLock(join(root, ".cache", "install.lock"));
    try {
      if (isInstalled()) return;
      if (!fits(root, JSON.parse(lockText))) await install(root, lock);
      writeFileSync(stamp, wanted);
    } finally {
      lock.release();
    }
  } catch (error) {
    say(`installing packages in ${root}: ${error.message}`);
    process.exit(1);
  }
}

async function waitForLock(path) {
  for (let waited = 0; ; waited += 1) {
    const lock = takeLock(path);
    if (lock !== null) return lock;
    if (waited % 10 === 0) say("another command is installing packages, waiting ...");
    await delay(1000);
  }
}

async function install(root, lock) {
  say("installing packages, once (npm ci) ...");
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
  // npm draws its progress only on a terminal; a log should show too that something goes on.
  const progress = setInterval(() => say(`still installing packages, ${seconds()} s`), 10_000);
  const code = await npmCi(root, lock);
  clearInterval(progress);
  if (code !== 0)
    throw new Error(`npm ci ended with exit code ${code}; mend what it says above and call again.`);
  say(`packages installed in ${seconds()} s`);
}

function npmCi(root, lock) {
  // Whatever NODE_ENV or the user's .npmrc leave out: the pinned Node and PostgreSQL are optional, the checks are dev.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  if (!isWritable(process.env.npm_config_cache ?? join(homedir(), ".npm"))) {
    args.push(`--cache=${join(root, ".cache", "npm")}`); // a user without a home (nobody, many a container)
  }
  const npm = process.env.npm_execpath;
  const isNpm = npm !== undefined && basename(npm) === "npm-cli.js"; // yarn and pnpm set it too
  const [program, all] = isNpm ? [process.execPath, [npm, ...args]] : ["npm", args];
  // npm's own settings of the running script must not leak in: `npm --silent run` would hide what went wrong.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => key !== "npm_config_loglevel"),
  );
  const child = spawn(program, all, { cwd: root, stdio: ["ignore", 2, 2], env });
  if (child.pid !== undefined) lock.addHolder(child.pid);
  return new Promise((resolve, reject) => {
    child.on("error", (error) =>
      reject(new Error(`cannot run ${program} (${error.code}); is npm installed?`)),
    );
    child.on("exit", (code, signal) => resolve(code ?? signal));
  });
}

/** Whether files could be made in `path`, or the folder itself where it does not exist yet. */
function isWritable(path) {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    return error.code === "ENOENT" && dirname(path) !== path && isWritable(dirname(path));
  }
}

/** Whether node_modules holds what the lock file names for this system: npm's own record there, written last, lists
 * what it unpacked. */
function fits(root, wanted) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const found = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted.packages)
    .filter(([path]) => path.startsWith("node_modules/"))
    .every(([path, entry]) => {
      const there = found[path];
      if (there === undefined) return !isNeeded(entry);
      return there.version === entry.version && there.integrity === entry.integrity;
    });
}

/** An optional package is needed where it is made for this very system. One without a system belongs to one of another
 * system, and one bound to a C library has a twin; which of these are right only npm knows. */
function isNeeded({ optional, os, cpu, libc }) {
  if (optional !== true) return true;
  return (
    os?.includes(process.platform) === true && cpu?.includes(process.arch) === true && libc === undefined
  );
}
