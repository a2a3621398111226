import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { WriterTask } from "./writer-process.ts";

export interface StartedWriter {
  readonly pid: number;
  /** Resolves with the exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Resolves when it says that its work begins. */
  readonly begun: Promise<void>;
  kill(): void;
}

/** A gateway instance as far as the registry goes, in a process that can be killed. */
export async function startWriter(databaseUrl: string, task: WriterTask): Promise<StartedWriter> {
  const script = new URL("./writer-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, databaseUrl, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const begun = new Promise<void>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      if (line === "begin") resolve();
    });
  });
  await new Promise<void>((resolve) => child.on("spawn", resolve));
  return {
    pid: child.pid ?? 0,
    ended,
    begun: Promise.race([begun, ended.then(() => undefined)]),
    kill: () => child.kill("SIGKILL"),
  };
}
