import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"];

/** One wish to stop reaches us up to three times: from the terminal, from npm, from whoever ends the whole group. */
const SAME_WISH_MS = 1000;

/** Runs a program, passes on what we are told, and resolves with its exit code (128 + signal where one ended it).
 *
 * A server gets a process group of its own, so that each wish to stop comes to it through us and once: by itself it
 * would get Ctrl-C from the terminal and again from us, and a second one means "at once". The channel tells it that we
 * are gone, also after a kill -9 of us.
 * @param isServer whether it runs until it is stopped */
export function runProgram(program, args, { isServer, ...options }) {
  const child = spawn(program, args, {
    ...options,
    detached: isServer,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  let lastWish = -Infinity;
  const forward = (signal) => {
    if (performance.now() - lastWish < SAME_WISH_MS) return;
    lastWish = performance.now();
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  const orphanCheck = watchNpm(() => child.kill("SIGTERM"));
  return new Promise((resolve) => {
    const end = (code) => {
      clearInterval(orphanCheck);
      for (const signal of SIGNALS) process.off(signal, forward);
      resolve(code);
    };
    child.on("error", (error) => {
      process.stderr.write(`octavo: cannot start ${program}: ${error.message}\n`);
      end(1);
    });
    child.on("exit", (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** npm passes signals on to us, or to the shell that it puts between; it cannot when it is killed hard, and the shell
 * dies without a word. Both show in who our parents are. Started by hand we may outlive our parent:
 * `node scripts/run.mjs up &` and log out. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const before = parentsUpToNpm();
  const check = setInterval(() => {
    if (parentsUpToNpm() === before) return;
    clearInterval(check);
    onGone();
  }, 250);
  return check;
}

function parentsUpToNpm() {
  const parent = process.ppid;
  // A shell of npm's has our own call on its command line. Elsewhere than on Linux only the direct parent is watched.
  const isShell = readProc(parent, "cmdline").includes("scripts/run.mjs");
  const grandparent = isShell ? readProc(parent, "stat").split(") ").at(-1).split(" ")[1] : "";
  return `${parent} ${grandparent}`;
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
