import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Everything that is measured runs on this core alone, one at a time under load; whatever makes the load runs on the
 * other, so that neither takes time from the other. */
export const MEASURED_CORE = 1;
export const LOAD_CORE = 0;

/** Why these measurements cannot be made on this machine; null where they can. */
export function whyNotMeasured(programs: readonly string[]): string | null {
  if (process.platform !== "linux" || availableParallelism() < 2) return "it needs Linux and two cores";
  const missing = ["taskset", ...programs].filter((program) => !isInstalled(program));
  return missing.length === 0 ? null : `not installed here: ${missing.join(", ")}`;
}

function isInstalled(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Starts a program on one core. Its errors are ours to see. */
export function spawnOn(core: number, program: string, args: readonly string[]): ChildProcess {
  return spawn("taskset", ["-c", String(core), program, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Moves a running process with all its threads to one core. */
export function moveTo(core: number, pid: number): void {
  execFileSync("taskset", ["-acp", String(core), String(pid)], { stdio: "ignore" });
}

/** Processor time that a process has taken so far, in seconds: what it did itself and what the system did for it. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Of Linux, for programs that look into /proc, on every processor. */
const TICKS_PER_SECOND = 100;
