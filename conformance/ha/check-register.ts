/** One operation on a register whose written values are all different. */
export interface RegisterOperation {
  readonly kind: "write" | "read";
  /** null: the state before the first write. */
  readonly value: string | null;
  readonly from: number;
  /** Infinity where nobody has heard of an end. */
  readonly to: number;
}

/** Whether there is an order of the operations, each taking place at one moment between its beginning and its end, in which
 * every read sees the last write. After Gibbons and Korach ("Testing Shared Memories"): with different values, the operations
 * on one value form a zone, and it is enough to compare zones. A write that nobody may have carried out and nobody has read
 * is left out by the caller or ends at Infinity: both are the same to this.
 * @returns why there is none, or null */
export function unorderable(operations: readonly RegisterOperation[]): string | null {
  const zones: Zone[] = [];
  const values = new Set(operations.map(({ value }) => value));
  for (const value of values) {
    const same = operations.filter((each) => each.value === value);
    const write =
      value === null ? { from: -Infinity, to: -Infinity } : same.find(({ kind }) => kind === "write");
    if (write === undefined) return `${value} was read and never written`;
    if (same.some(({ to }) => to < write.from)) return `${value} was read before it was written`;
    const firstEnd = Math.min(write.to, ...same.map(({ to }) => to));
    const lastBeginning = Math.max(write.from, ...same.map(({ from }) => from));
    zones.push({ value, firstEnd, lastBeginning });
  }
  // Forward: the value must have been there all the time between. Backward: it can have been there for one moment.
  const forward = zones.filter(({ firstEnd, lastBeginning }) => firstEnd < lastBeginning);
  for (const one of forward) {
    for (const other of zones) {
      if (other === one) continue;
      const isForward = other.firstEnd < other.lastBeginning;
      const begins = Math.min(other.firstEnd, other.lastBeginning);
      const ends = Math.max(other.firstEnd, other.lastBeginning);
      const collides = isForward
        ? one.firstEnd < ends && begins < one.lastBeginning
        : one.firstEnd < begins && ends < one.lastBeginning;
      if (collides) return `${one.value} was seen before and after ${other.value}`;
    }
  }
  return null;
}

interface Zone {
  readonly value: string | null;
  readonly firstEnd: number;
  readonly lastBeginning: number;
}
