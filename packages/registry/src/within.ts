import type { ProcessTime } from "./process-time.ts";

/** @returns what `work` says, or false where it says nothing in time; it goes on all the same */
export async function within(time: ProcessTime, timeoutMs: number, work: Promise<boolean>): Promise<boolean> {
  let cancel = (): void => undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = time.after(timeoutMs, () => resolve(false));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
