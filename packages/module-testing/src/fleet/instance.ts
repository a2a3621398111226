import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Target } from "../gateway/fake-gateway.ts";

export interface InstanceOptions {
  /** Exports one module or several. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** "own": a temporary and working folder of its own, removed with it, so that no other instance finds what is left there. "read-only": writing any
   * file is an error, whatever its path. */
  readonly files: "own" | "read-only";
}

const START_MS = 60_000;
const DRAIN_MS = 60_000;
const LOG_BYTES = 64 * 1024;
/** JavaScript once it is packed. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const script = fileURLToPath(new URL(`host-process.${extension}`, import.meta.url));

/** One process that hosts the module. Nothing of our environment gets in but the path. */
export class Instance implements Target {
  readonly number: number;
  readonly modules: Target["modules"];
  readonly #child: ChildProcess;
  readonly #log: () => string;

  private constructor(number: number, modules: Target["modules"], child: ChildProcess, log: () => string) {
    this.number = number;
    this.modules = modules;
    this.#child = child;
    this.#log = log;
  }

  /** @throws Error with its log when it does not listen */
  static async start(number: number, { file, env, files }: InstanceOptions): Promise<Instance> {
    const folder = mkdtempSync(join(tmpdir(), "octavo-instance-"));
    const guard = files === "read-only" ? ["--permission", "--allow-fs-read=*"] : [];
    const child = spawn(process.execPath, [...guard, script, file], {
      cwd: folder,
      env: { PATH: process.env["PATH"], TMPDIR: folder, HOME: folder, ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let log = "";
    child.stderr?.on("data", (piece: Buffer) => (log = (log + piece.toString()).slice(-LOG_BYTES)));
    const ended = once(child, "exit").then(() => rmSync(folder, { recursive: true, force: true }));
    const told = once(child, "message", { signal: AbortSignal.timeout(START_MS) }) as Promise<
      [Target["modules"]]
    >; // host-process.ts
    told.catch(() => undefined);
    const first = await Promise.race([told, ended]).catch(() => undefined);
    if (Array.isArray(first)) return new Instance(number, first[0], child, () => log);
    child.kill("SIGKILL");
    throw new Error(`an instance of ${file} did not start; its log:\n${log}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The end of its log, JSON lines. */
  get log(): string {
    return this.#log();
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** As a power cut: no handler runs. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM: it answers what it has begun.
   * @throws Error when it does not end */
  async drain(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Stops it between two of its instructions, as a long pause of a collector or a machine does. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, "exit", { signal: AbortSignal.timeout(DRAIN_MS) });
    this.#child.kill(signal);
    await exited.catch(() => {
      this.#child.kill("SIGKILL");
      throw new Error(`instance ${this.number} did not end; its log:\n${this.log}`);
    });
  }
}
