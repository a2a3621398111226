import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stoppableChild } from "./stoppable-child.ts";

const WAIT_MS = 10_000;
const SAYS_WHERE = /listens on (http:\/\/\S+)/u;

/** The example module as a process of its own, as every module is one. */
export interface ExampleProcess {
  readonly url: string;
  /** @returns when it has ended, which it does within a bound of its own */
  stop(): Promise<void>;
}

/** @returns null where the repository's examples are not at hand, as in a packed `octavo` */
export function findExample(repositoryRoot: string): string | null {
  const folder = join(repositoryRoot, "examples", "reading-list");
  return existsSync(join(folder, "descriptor.json")) ? folder : null;
}

/** Starts it on a port of this machine.
 * @param port 0 for any; where it is taken, another one
 * @param onEnd it has ended, and nobody has stopped it
 * @returns null where it does not come up */
export async function startExample(
  folder: string,
  port: number,
  onEnd: (code: number | null) => void,
): Promise<ExampleProcess | null> {
  const child = fork(join(folder, "src", "main.ts"), [], {
    env: { ...process.env, HTTP_PORT: String(port) },
    execArgv: [],
    stdio: ["ignore", "pipe", "ignore", "ipc"],
    // Ctrl-C in a terminal goes to us alone: requests that are still in flight need it.
    detached: true,
  });
  const url = await saidUrl(child);
  if (url === null) {
    child.kill("SIGKILL");
    return port === 0 ? null : startExample(folder, 0, onEnd);
  }
  return { url, stop: stoppableChild(child, onEnd) };
}

/** @returns null where it ends, or says nothing in time */
function saidUrl(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let said = "";
    const timer = setTimeout(() => resolve(null), WAIT_MS);
    const end = (url: string | null): void => {
      clearTimeout(timer);
      resolve(url);
    };
    child.once("error", () => end(null));
    child.once("exit", () => end(null));
    child.stdout?.on("data", (bytes: Buffer) => {
      said += bytes.toString("utf8");
      const url = SAYS_WHERE.exec(said)?.[1];
      if (url !== undefined) end(url);
    });
  });
}
