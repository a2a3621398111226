import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = join(import.meta.dirname, "..");

/** Stands for the octavo command: says what happens to it. */
const program = `
  const [command, ...rest] = process.argv.slice(2);
  process.on("SIGINT", () => console.log("SIGINT"));
  process.on("SIGTERM", () => { console.log("SIGTERM"); process.exit(0); });
  process.on("disconnect", () => { console.log("launcher gone"); process.exit(0); });
  console.log("runs", command, ...rest);
  if (command === "exit") process.exit(Number(rest[0]));
  if (command === "die") process.kill(process.pid, rest[0]);
  setInterval(() => {}, 60_000);
`;

/** Stands for npm, which a test cannot do without a network: writes down how it was called, and when a file "go" is
 * there "installs" and ends with the exit code in it. */
const npm = `
  const { appendFileSync, existsSync, mkdirSync, readFileSync } = require("node:fs");
  appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
  const poll = setInterval(() => {
    if (!existsSync("go")) return;
    clearInterval(poll);
    mkdirSync("node_modules", { recursive: true });
    process.exitCode = Number(readFileSync("go", "utf8"));
  }, 10);
`;

/** A checkout with the real launcher, in which the octavo command and npm are stand-ins. */
export interface Checkout {
  readonly root: string;
  /** Runs `node scripts/run.mjs` in a process group of its own. */
  launch(args: readonly string[], env?: Readonly<Record<string, string>>): Launched;
  /** Runs `npm run --silent` with the real npm. */
  npmRun(...args: string[]): Launched;
  /** Lets the stand-in for npm end with this exit code. */
  letNpmEnd(code: number): void;
  npmCalls(): readonly string[];
  remove(): void;
}

export interface Launched {
  readonly process: ChildProcess;
  readonly stdout: () => readonly string[];
  readonly stderr: () => string;
  /** Resolves when stdout and stderr together hold `text`; rejects when the process ends without it. */
  says(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** @param isInstalled whether its packages are there, as far as the launcher can see */
export function makeCheckout({ isInstalled }: { isInstalled: boolean }): Checkout {
  const root = mkdtempSync(join(tmpdir(), "octavo-launcher-"));
  for (const folder of ["scripts", "apps/cli/src", "bin"]) mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(scripts).filter((name) => name.endsWith(".mjs"))) {
    copyFileSync(join(scripts, name), join(root, "scripts", name));
  }
  // The scripts as they are: how npm's shell starts the launcher decides whether signals reach it.
  const real = JSON.parse(readFileSync(join(scripts, "..", "package.json"), "utf8")) as { scripts: unknown };
  const manifest = { name: "checkout", private: true, scripts: real.scripts };
  const lock = JSON.stringify({ lockfileVersion: 3, packages: { "": {} } });
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(root, "package-lock.json"), lock);
  writeFileSync(join(root, "apps/cli/src/main.ts"), program);
  writeFileSync(join(root, "bin", "npm-cli.js"), npm);
  if (isInstalled) {
    mkdirSync(join(root, "node_modules"));
    const stamp = createHash("sha256").update(lock).digest("hex");
    writeFileSync(join(root, "node_modules", ".octavo-installed"), stamp);
  }
  const start = (command: string, args: readonly string[], env: Readonly<Record<string, string>>): Launched =>
    watch(spawn(command, args, { cwd: root, env: { ...process.env, ...env }, detached: true }));
  return {
    root,
    launch: (args, env = {}) =>
      start(process.execPath, ["scripts/run.mjs", ...args], {
        npm_execpath: join(root, "bin", "npm-cli.js"),
        ...env,
      }),
    npmRun: (...args) => start("npm", ["run", "--silent", ...args], {}),
    letNpmEnd: (code) => writeFileSync(join(root, "go"), String(code)),
    npmCalls: () =>
      existsSync(join(root, "npm-calls"))
        ? readFileSync(join(root, "npm-calls"), "utf8").trim().split("\n")
        : [],
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function watch(child: ChildProcess): Launched {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  return {
    process: child,
    stdout: () => stdout.trim().split("\n"),
    stderr: () => stderr,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if ((stdout + stderr).includes(text)) resolve();
        };
        child.stdout?.on("data", look);
        child.stderr?.on("data", look);
        child.on("close", () => reject(new Error(`it ended without "${text}":\n${stdout}${stderr}`)));
        look();
      }),
    // "close", not "exit": whoever inherited the output (the server) has ended then too.
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal }));
    }),
  };
}
