import type { Figure } from "../bench-result.ts";
import { median, middleHalf, quantile } from "../spread.ts";

/** The same done by ours and by hand. Each is told a number that nothing else was told: what it looks for is in no cache because the
 * other has just found it. */
export interface Contest {
  readonly name: string;
  readonly goal: "<= 1.3" | "<= 1.5";
  /** Both may be told the same number. */
  readonly isReading: boolean;
  readonly own: (n: number) => Promise<unknown>;
  readonly byHand: (n: number) => Promise<unknown>;
}

export function reading(contest: Omit<Contest, "goal" | "isReading">): Contest {
  return { ...contest, goal: "<= 1.3", isReading: true };
}

const WARM_UP = 1000;
/** Until the compiler has seen it often enough a parser in JavaScript takes ten times as long. */
const WARM_UP_MS = { short: 1000, full: 5000 };
/** Then three rounds must do. */
const CONTEST_MS = { short: 4000, full: 15_000 };
const TIMES = 50;

/** Ours and theirs take turns, one by one, so that both meet the same machine. Of a round the time is looked at within which the fastest
 * tenth is done: the slower ones tell what else the machine did. A ratio is the median of the rounds' own ones. */
export async function contestFigures(
  contests: readonly Contest[],
  isFull: boolean,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const contest of contests) figures.push(...(await figuresOf(contest, isFull)));
  return figures;
}

async function figuresOf(
  { name, goal, isReading, own, byHand }: Contest,
  isFull: boolean,
): Promise<readonly Figure[]> {
  const [rounds, length] = isFull ? ([20, "full"] as const) : ([8, "short"] as const);
  const ratios: number[] = [];
  const [ownMs, handMs]: [number[], number[]] = [[], []];
  const warmAt = performance.now() + WARM_UP_MS[length];
  for (let n = 0; n < WARM_UP && performance.now() < warmAt; n += 1)
    // By the first values PostgreSQL decides whether it keeps a plan for all: both show it the same ones.
    await Promise.all([own(2 * n), byHand(isReading ? 2 * n : 2 * n + 1)]);
  const endAt = performance.now() + CONTEST_MS[length];
  for (let round = 0; round < rounds && (round < 3 || performance.now() < endAt); round += 1) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    const roundEndAt = performance.now() + CONTEST_MS[length];
    for (let n = 0; n < TIMES && (n < 4 || performance.now() < roundEndAt); n += 1) {
      const at = 2 * (WARM_UP + round * TIMES + n);
      if (n % 2 === 0) ours.push(await msOf(() => own(at)));
      theirs.push(await msOf(() => byHand(at + 1)));
      if (n % 2 === 1) ours.push(await msOf(() => own(at)));
    }
    ownMs.push(undisturbed(ours));
    handMs.push(undisturbed(theirs));
    ratios.push(undisturbed(ours) / undisturbed(theirs));
  }
  return [
    {
      name: `${name}: time beside SQL by hand`,
      value: median(ratios),
      unit: "x",
      spread: middleHalf(ratios),
      goal,
    },
    { name, value: median(ownMs), unit: "ms" },
    { name: `${name} by hand`, value: median(handMs), unit: "ms" },
  ];
}

function undisturbed(times: readonly number[]): number {
  return quantile(times, 0.1);
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
