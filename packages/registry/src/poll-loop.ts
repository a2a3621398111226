import { backoff, jittered, pause } from "./pause.ts";
import type { ProcessTime } from "./process-time.ts";

/** Looks at regular times whether or not anything was heard: the guarantee behind the notifications, at a cost that does
 * not grow with what happens. Without contact it tries again with growing, fully jittered waits. */
export class PollLoop {
  readonly #end = new AbortController();
  readonly #done: Promise<void>;

  /** @param poll says whether there was contact; must not throw */
  constructor(time: ProcessTime, intervalMs: number, poll: () => Promise<boolean>) {
    this.#done = this.#run(time, intervalMs, poll);
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#done;
  }

  async #run(time: ProcessTime, intervalMs: number, poll: () => Promise<boolean>): Promise<void> {
    let failures = 0;
    while (!this.#end.signal.aborted) {
      const waitMs = failures === 0 ? jittered(time, intervalMs) : backoff(time, failures - 1);
      await pause(time, waitMs, this.#end.signal);
      if (this.#end.signal.aborted) return;
      failures = (await poll()) ? 0 : failures + 1;
    }
  }
}
