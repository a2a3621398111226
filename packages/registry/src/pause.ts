import type { ProcessTime } from "./process-time.ts";

/** Ends early, without an error, when `signal` aborts: whoever waits looks at the signal next. */
export function pause(time: ProcessTime, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = time.after(ms, end);
    signal?.addEventListener("abort", end);
  });
}

/** Around `ms`, ±20 %: instances that started together do not stay in step. */
export function jittered(time: ProcessTime, ms: number): number {
  return ms * (0.8 + time.random() * 0.4);
}

/** Full jitter: anything up to 100 ms, 200 ms, 400 ms ... at most 1.5 s, so that a database that comes back is not met by
 * everybody at once, and what was taken back meanwhile is known within 2 s. `attempt` counts from 0. */
export function backoff(time: ProcessTime, attempt: number): number {
  return 20 + time.random() * Math.min(1500, 100 * 2 ** Math.min(attempt, 10));
}
