import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process of this id runs. One that has ended but was not collected by its parent (a container whose first
 * process does not do so) counts as dead. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // EPERM: it is there and belongs to somebody else.
    if (!(cause instanceof Error && "code" in cause && cause.code === "EPERM")) return false;
  }
  return procStat(pid)?.state !== "Z";
}

/** What tells this process from a later one of the same id: its start in clock ticks since boot; "" where the system
 * does not say (then the id alone must do). */
export function processStart(pid: number): string {
  return procStat(pid)?.start ?? "";
}

/** The command line, arguments separated by a blank; null where no such process runs or the system does not say. */
export function commandLine(pid: number): string | null {
  if (process.platform === "win32") return null;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    const ps = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return ps.status === 0 ? ps.stdout.trim() : null;
  }
}

function procStat(pid: number): { state: string; start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold anything, blanks and brackets too: fields are counted after the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", start: fields[19] ?? "" };
  } catch {
    return null;
  }
}
