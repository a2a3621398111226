import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const thisTree = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

export interface SpawnedOctavo {
  readonly pid: number;
  /** Where it listens: `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly output: Output;
  /** Resolves when `/_/proxy/health` answers 200; rejects with its stderr when it ends before or takes over `withinMs`. */
  healthy(withinMs?: number): Promise<void>;
  /** Sends `signal` and resolves with how it ended; after 30 s it is killed and the promise rejects. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** As a power cut of this process: no handler runs. */
  kill9(): Promise<Exit>;
  readonly exited: Promise<Exit>;
}

/** What it wrote so far. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts the octavo command as a process of its own, as an operator does, on a free port.
 * @param env added to PATH and HOME of this process; nothing else of our environment gets in
 * @param root of the tree whose program it is
 * @example
 * const octavo = await spawnOctavo(["gateway"], { OCTAVO_DATA_DIR: dir, OCTAVO_MANAGEMENT_AUTH: "open" });
 * await octavo.healthy(); */
export async function spawnOctavo(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  root: string = thisTree,
): Promise<SpawnedOctavo> {
  const port = env["OCTAVO_PORT"] ?? String(await anyFreePort());
  const { PATH = "", HOME = "/" } = process.env;
  const main = join(root, "apps", "cli", "src", "main.ts");
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME, NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], OCTAVO_PORT: port, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString("utf8")));
  let exit: Exit | null = null;
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve((exit = { code, signal })));
  });
  const isOver = (): boolean => exit !== null;
  const url = `http://127.0.0.1:${port}`;

  const stop = async (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal);
    const abort = new AbortController();
    const tooLong = delay(30_000, "too long" as const, { signal: abort.signal }).catch(
      () => "too long" as const,
    );
    const first = await Promise.race([exited, tooLong]);
    abort.abort();
    if (first !== "too long") return first;
    child.kill("SIGKILL");
    throw new Error(`octavo ${args.join(" ")} did not end 30 s after ${signal}; it wrote:\n${output.stderr}`);
  };
  await once(child, "spawn");
  return {
    pid: child.pid ?? 0,
    url,
    output,
    exited,
    stop: (signal = "SIGTERM") => stop(signal),
    kill9: () => stop("SIGKILL"),
    async healthy(withinMs = 20_000) {
      const end = performance.now() + withinMs;
      while (performance.now() < end && !isOver()) {
        if (await answers(`${url}/_/proxy/health`)) return;
        await delay(20);
      }
      const what =
        exit === null ? `not healthy after ${withinMs} ms` : `ended with ${exit.signal ?? exit.code}`;
      throw new Error(`octavo ${args.join(" ")}: ${what}; it wrote:\n${output.stderr}`);
    },
  };
}

/** A data folder for one test, and how to remove it. Open to walk through: as root the embedded PostgreSQL runs as
 * another user, and would keep its files elsewhere if that user could not get here. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "octavo-test-"));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function anyFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}
