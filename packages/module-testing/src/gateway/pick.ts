/** Chooses one of so many instances for a request. */
export type Pick = (count: number) => number;

export function roundRobin(): Pick {
  let next = 0;
  return (count) => next++ % count;
}

/** The same seed, the same choices.
 * @param seed any whole number */
export function randomly(seed: number): Pick {
  const random = seededRandom(seed);
  return (count) => Math.floor(random() * count);
}

/** A small generator, good enough to choose by.
 * @returns numbers from 0 up to, not including, 1
 * @see "mulberry32" of Tommy Ettinger, in the public domain */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
