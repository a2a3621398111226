import { backoff, jittered, pause } from "./pause.ts";

/** Looks at regular times whether or not anything was heard: the guarantee behind the notifications, at a cost that does
 * not grow with what happens. Without contact it tries again with growing, fully jittered waits. */
export class PollLoop {
  readonly #end = new AbortController();
  readonly #done: Promise<void>;

  /** @param poll says whether there was contact; must not throw */
  constructor(intervalMs: number, poll: () => Promise<boolean>) {
    this.#done = this.#run(intervalMs, poll);
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#done;
  }

  async #run(intervalMs: number, poll: () => Promise<boolean>): Promise<void> {
    let failures = 0;
    while (!this.#end.signal.aborted) {
      await pause(failures === 0 ? jittered(intervalMs) : backoff(failures - 1), this.#end.signal);
      if (this.#end.signal.aborted) return;
      failures = (await poll()) ? 0 : failures + 1;
    }
  }
}
