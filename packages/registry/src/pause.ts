import { setTimeout as wait } from "node:timers/promises";

export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    // Aborted: whoever waits looks at the signal next.
  }
}

/** Around `ms`, ±20 %: instances that started together do not stay in step. */
export function jittered(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}

/** Full jitter: anything up to 100 ms, 200 ms, 400 ms ... at most 1.5 s, so that a database that comes back is not met by
 * everybody at once, and what was taken back meanwhile is known within 2 s. `attempt` counts from 0. */
export function backoff(attempt: number): number {
  return 20 + Math.random() * Math.min(1500, 100 * 2 ** Math.min(attempt, 10));
}
