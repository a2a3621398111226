import { createHash } from "node:crypto";

/** What generated records are drawn from: the same in each run, told by the name of a seed and a number alone. */

export function uuidOf(kind: string, n: number): string {
  const hex = createHash("md5").update(`${kind} ${n}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** From 0 up to 1 (mulberry32). */
export type Random = () => number;

export function randomOf(seed: string, n: number): Random {
  let state = (seedOf(seed) ^ Math.imul(n, 2_654_435_761)) >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const seeds = new Map<string, number>();

function seedOf(name: string): number {
  let seed = seeds.get(name);
  if (seed === undefined) seeds.set(name, (seed = createHash("md5").update(name).digest().readUInt32LE()));
  return seed;
}

export function oneOf<T>(all: readonly [T, ...T[]], random: Random): T {
  return all[Math.floor(random() * all.length)] ?? all[0];
}

/** From one up to so many. */
export function some<T>(most: number, random: Random, make: () => T): T[] {
  return Array.from({ length: 1 + Math.floor(random() * most) }, make);
}

/** Words as frequent as words are: the n-th a part 1/n of the first. */
const VOCABULARY = 20_000;

export function phrase(words: number, random: Random): string {
  return Array.from({ length: words }, () => `w${Math.floor(VOCABULARY ** random()).toString(36)}`).join(" ");
}
