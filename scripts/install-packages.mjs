import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const STALE_LOCK_MS = 10 * 60_000;

/** Installs what package-lock.json names, once: a stamp in node_modules holds the lock file's hash.
 * Two first commands at once are safe: the second waits for the first. */
export async function installPackages(root) {
  const stamp = join(root, "node_modules", ".octavo-installed");
  const wanted = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (isInstalled()) return;
  const lock = join(root, ".install.lock");
  while (!takeLock(lock)) {
    process.stderr.write("octavo: another command is installing packages, waiting ...\n");
    await delay(1000);
    if (isInstalled()) return;
  }
  try {
    if (isInstalled()) return;
    process.stderr.write("octavo: installing packages, once (npm ci) ...\n");
    const started = performance.now();
    const code = await npmCi(root);
    if (code !== 0) {
      process.stderr.write(`octavo: npm ci failed with exit code ${code}; mend what it says above and call again.\n`);
      process.exit(1);
    }
    writeFileSync(stamp, wanted);
    process.stderr.write(`octavo: packages installed in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  } finally {
    rmdirSync(lock);
  }
}

/** A folder is the lock: making one is atomic everywhere. One older than ten minutes was left by a killed install. */
function takeLock(lock) {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    if (Date.now() - statSync(lock).mtimeMs > STALE_LOCK_MS) rmdirSync(lock);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return false;
}

function npmCi(root) {
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const [program, all] = npm?.endsWith(".js") ? [process.execPath, [npm, ...args]] : ["npm", args];
  // npm's own settings of the running script must not leak in: `npm --silent run` would hide the progress.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => key !== "npm_config_loglevel"));
  const child = spawn(program, all, { cwd: root, stdio: ["ignore", 2, 2], env });
  return new Promise((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
