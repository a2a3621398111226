import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./faulty-module-main.ts", import.meta.url));

/** The module of faulty-module-main.ts, and what can be done to its process. */
export interface FaultyModule {
  readonly url: string;
  /** SIGSTOP: its connections stay, and nothing moves. */
  freeze(): void;
  thaw(): void;
  /** Whatever comes from now on is begun with so much later. */
  delayAnswers(ms: number): void;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Again at the same place, after `kill`. */
  restart(): Promise<void>;
  /** The id of each POST that any of its processes began with, as often as it did. */
  countedIds(): readonly string[];
  close(): Promise<void>;
}

export async function startFaultyModule(): Promise<FaultyModule> {
  const folder = mkdtempSync(join(tmpdir(), "octavo-faulty-"));
  const idsFile = join(folder, "ids");
  writeFileSync(idsFile, "");
  let { child, port } = await start("0", idsFile);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    delayAnswers: (ms) => void child.stdin?.write(`${ms}\n`),
    kill,
    async restart() {
      ({ child, port } = await start(port, idsFile));
    },
    countedIds: () =>
      readFileSync(idsFile, "utf8")
        .split("\n")
        .filter((id) => id !== ""),
    async close() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function start(port: string, idsFile: string): Promise<{ child: ChildProcess; port: string }> {
  const child = spawn(process.execPath, [main, port, idsFile], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer]; // its first line
  return { child, port: line.toString("utf8").trim() };
}
