import type { Family, Sample } from "./family.ts";

/** A family as it was at one moment; it can be sent to another process. */
export interface PlainFamily extends Omit<Family, "samples"> {
  readonly read: readonly Sample[];
}

/** What one process counts. */
export interface ProcessFamilies {
  /** "main", "worker-0" ... */
  readonly process: string;
  readonly families: readonly PlainFamily[];
}

export function readFamilies(families: readonly Family[]): PlainFamily[] {
  return families.map((family) => {
    const { name, help, type } = family;
    return { name, help, type, read: [...family.samples()] };
  });
}

/** The same families of several processes as one each, its series told apart by the label "process". They are not added
 * up: a counter of a process that was replaced would fall. */
export function joinProcesses(all: readonly ProcessFamilies[]): readonly Family[] {
  const joined = new Map<string, PlainFamily & { read: Sample[] }>();
  for (const { process, families } of all) {
    for (const { name, help, type, read } of families) {
      const family = joined.get(name) ?? { name, help, type, read: [] };
      joined.set(name, family);
      for (const sample of read) family.read.push({ ...sample, labels: { process, ...sample.labels } });
    }
  }
  return [...joined.values()].map(({ name, help, type, read }) => ({
    name,
    help,
    type,
    samples: () => read,
  }));
}
