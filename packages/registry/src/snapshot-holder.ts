import type { ProcessTime } from "./process-time.ts";
import type { RegistryEvent } from "./registry-event.ts";
import type { Snapshot } from "./snapshot.ts";
import { messageOf } from "./database-failure.ts";

/** The one reference that everybody reads. It is replaced as a whole, and only by what was built on what it holds: the
 * follower and a writer of this instance may both have built the same revision. */
export class SnapshotHolder {
  #current: Snapshot;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  readonly #log: (event: RegistryEvent) => void;
  readonly #time: ProcessTime;

  constructor(first: Snapshot, log: (event: RegistryEvent) => void, time: ProcessTime) {
    this.#time = time;
    this.#current = first;
    this.#log = log;
  }

  get current(): Snapshot {
    return this.#current;
  }

  /** @returns whether `next` is the snapshot now; false where somebody else replaced `base` first */
  replace(base: Snapshot, next: Snapshot): boolean {
    if (this.#current !== base) return false;
    this.#current = next;
    for (const listener of this.#listeners) {
      try {
        listener(next);
      } catch (error) {
        // One that fails must not keep the others, or the follower, from going on.
        this.#log({ kind: "listener-failed", cause: messageOf(error) });
      }
    }
    return true;
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reached(revision: number, timeoutMs: number): Promise<boolean> {
    if (this.#current.revision >= revision) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (isReached: boolean): void => {
        cancel();
        stop();
        resolve(isReached);
      };
      const cancel = this.#time.after(timeoutMs, () => end(false));
      const stop = this.onSnapshot((snapshot) => {
        if (snapshot.revision >= revision) end(true);
      });
    });
  }
}
