import { readFileSync, writeFileSync } from "node:fs";

/** What a process has in memory now, in MiB. */
export function residentMiB(pid: number): number {
  return readStatus(pid, "VmRSS");
}

/** From now on `peakMiB` is about what comes. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

export function peakMiB(pid: number): number {
  return readStatus(pid, "VmHWM");
}

function readStatus(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
}
