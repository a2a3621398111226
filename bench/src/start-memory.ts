import { readdirSync, readFileSync } from "node:fs";

/** A process and all below it, by what /proc says now. */
export function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const parent = Number(fields(name)[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

/** The memory of these processes together, in MiB. Proportional: a page that several share counts once in all, or the
 * buffers of PostgreSQL would count for each of its processes. */
export function proportionalMiB(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]);
  });
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** What follows the name in /proc/<pid>/stat: state, parent, ... A process that has just gone has none. */
function fields(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
