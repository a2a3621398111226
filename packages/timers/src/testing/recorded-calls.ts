import { nameOf } from "../timer-client.ts";
import type { CallTimer, Fire, Fired } from "../timer-runner.ts";

/** What runners called, and how each call is answered. Waiting is for calls, not for time. */
export interface RecordedCalls {
  readonly fires: readonly Fire[];
  readonly call: CallTimer;
  answer: (fire: Fire, signal: AbortSignal) => Promise<Fired>;
  /** How often a timer was called. */
  countOf(name: string): number;
  /** Resolves as soon as it holds after some call; asks at once. */
  until(what: string, holds: () => boolean, withinMs?: number): Promise<void>;
}

export const succeeded: Fired = { outcome: "succeeded", status: 200, message: null };

export function recordCalls(): RecordedCalls {
  const fires: Fire[] = [];
  const waiting = new Set<() => void>();
  const recorded: RecordedCalls = {
    fires,
    answer: async () => succeeded,
    call: async (fire, signal) => {
      fires.push(fire);
      for (const look of waiting) look();
      return recorded.answer(fire, signal);
    },
    countOf: (name) => fires.filter((fire) => nameOf(fire) === name).length,
    until: (what, holds, withinMs = 20_000) =>
      new Promise((resolve, reject) => {
        const giveUp = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`still not after ${withinMs} ms: ${what}`));
        }, withinMs);
        const look = (): void => {
          if (!holds()) return;
          clearTimeout(giveUp);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
  return recorded;
}
