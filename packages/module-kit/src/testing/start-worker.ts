import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface WorkerTask {
  /** Of the process's login. */
  readonly url: string;
  readonly leaseSeconds: number;
  /** How long each step takes. */
  readonly stepMs: number;
  /** By how much its wall clock is wrong. */
  readonly skewMs: number;
}

export interface StartedWorker {
  /** Resolves when it has said a line that begins so, which may have been before.
   * @returns the line */
  said(beginning: string): Promise<string>;
  /** Resolves when it has said so many lines that hold a text. */
  saidTimes(text: string, times: number): Promise<void>;
  readonly lines: readonly string[];
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): void;
  readonly ended: Promise<void>;
}

/** A process that works at jobs, which can be killed and stopped. */
export function startWorker(task: Partial<WorkerTask> & Pick<WorkerTask, "url">): StartedWorker {
  const whole: WorkerTask = { leaseSeconds: 30, stepMs: 0, skewMs: 0, ...task };
  return startProcess("worker-process.ts", [JSON.stringify(whole)]);
}

/** @param script beside this file */
export function startProcess(script: string, args: readonly string[]): StartedWorker {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting = new Set<{ beginning: string; resolve: (line: string) => void }>();
  const counting = new Set<() => void>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    for (const each of waiting) {
      if (!line.startsWith(each.beginning)) continue;
      waiting.delete(each);
      each.resolve(line);
    }
    for (const count of counting) count();
  });
  return {
    lines,
    said: (beginning) => {
      const before = lines.find((line) => line.startsWith(beginning));
      if (before !== undefined) return Promise.resolve(before);
      return new Promise((resolve) => waiting.add({ beginning, resolve }));
    },
    saidTimes: (text, times) =>
      new Promise((resolve) => {
        const count = (): void => {
          if (lines.filter((line) => line.includes(text)).length < times) return;
          counting.delete(count);
          resolve();
        };
        counting.add(count);
        count();
      }),
    signal: (name) => void child.kill(name),
    ended: new Promise((resolve) => child.on("exit", () => resolve())),
  };
}
