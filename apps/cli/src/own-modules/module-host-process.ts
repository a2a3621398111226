import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { DescribedModule } from "./complete-modules.ts";
import { freePorts } from "./free-ports.ts";
import { stoppableChild } from "../stoppable-child.ts";

/** Our modules in a process of their own, as `octavo module run` hosts them. */
export interface ModuleHostProcess {
  readonly modules: readonly SaidModule[];
  /** @returns when it has ended, which it does within a bound of its own */
  stop(): Promise<void>;
}

/** A line of `module run --json`. */
export interface SaidModule extends DescribedModule {
  readonly url: string;
}

export interface ModuleHostInput {
  /** Each exports one module or more. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the first module, the next ones count on; null for any. Where one is taken, others. */
  readonly port: number | null;
  /** It has ended, and nobody has stopped it. */
  readonly onEnd: (code: number | null) => void;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const WAIT_MS = 60_000;
/** A port may be taken since it was free. */
const ATTEMPTS = 3;

/** @returns null where it does not come up */
export async function startModuleHost(input: ModuleHostInput): Promise<ModuleHostProcess | null> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const port = (attempt === 1 ? input.port : null) ?? (await freePorts(input.files.length));
    const started = port === null ? null : await startOnPorts(input, port);
    if (started !== null) return started;
  }
  return null;
}

async function startOnPorts(
  { files, env, onEnd }: ModuleHostInput,
  port: number,
): Promise<ModuleHostProcess | null> {
  const child = fork(main, ["module", "run", ...files, "--json", "--port", String(port)], {
    env: { ...env },
    execArgv: [],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    // Ctrl-C in a terminal goes to us alone: requests that are still in flight need it.
    detached: true,
  });
  const modules = await saidModules(child, files.length);
  if (modules === null) {
    child.kill("SIGKILL");
    return null;
  }
  return { modules, stop: stoppableChild(child, onEnd) };
}

/** @returns null where it ends, or has not said in time where each of them listens */
function saidModules(child: ChildProcess, count: number): Promise<readonly SaidModule[] | null> {
  return new Promise((resolve) => {
    const said: SaidModule[] = [];
    const timer = setTimeout(() => resolve(null), WAIT_MS);
    const end = (modules: readonly SaidModule[] | null): void => {
      clearTimeout(timer);
      resolve(modules);
    };
    child.once("error", () => end(null));
    child.once("exit", () => end(null));
    if (child.stdout === null) return end(null);
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(JSON.parse(line) as SaidModule); // our own command's
      if (said.length === count) end(said);
    });
  });
}
