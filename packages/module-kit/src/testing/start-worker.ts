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
  return startProcess(new URL("./worker-process.ts", import.meta.url), [JSON.stringify(whole)]);
}

export function startProcess(script: URL, args: readonly string[]): StartedWorker {
  const child = spawn(process.execPath, [script.pathname, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const watches = new Set<() => void>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    for (const look of watches) look();
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const watch = <T>(what: string, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        watches.delete(look);
        resolve(found);
      };
      watches.add(look);
      child.on("exit", () => reject(new Error(`${script.pathname} ended before it said "${what}"`)));
      look();
    });
  return {
    lines,
    said: (beginning) => watch(beginning, () => lines.find((line) => line.startsWith(beginning))),
    saidTimes: async (text, times) => {
      await watch(text, () =>
        lines.filter((line) => line.includes(text)).length >= times ? true : undefined,
      );
    },
    signal: (name) => void child.kill(name),
    ended,
  };
}
