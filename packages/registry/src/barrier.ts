import type { Pool } from "pg";
import { coalesce } from "./coalesce.ts";
import { messageOf } from "./database-failure.ts";
import { readLiveInstances } from "./heartbeat.ts";
import type { AppliedState } from "./open-options.ts";
import type { ProcessTime } from "./process-time.ts";
import type { LiveInstance, Settled } from "./registry.ts";

/** Instances say so when they have come along; one whose word is lost is looked at again after this. */
const LOOK_EVERY_MS = 100;

/** Waits until every instance with a live heartbeat has applied a revision: then no client finds an older state anywhere.
 * One that has died delays an answer until its heartbeat is too old; one that is frozen catches up before it serves again.
 * @see reliability.md 2.3 */
export class Barrier {
  readonly #look: () => Promise<readonly LiveInstance[]>;
  readonly #waiting = new Set<() => void>();
  readonly #ownId: string;
  readonly #time: ProcessTime;

  /** @param ownId of the instance that waits: it has applied what it waits for */
  constructor(pool: Pool, ownId: string, time: ProcessTime) {
    this.#time = time;
    this.#ownId = ownId;
    // Writers that wait at the same time look together.
    this.#look = coalesce(() => readLiveInstances(pool));
  }

  /** Some instance has applied something. */
  heard(): void {
    for (const wake of this.#waiting) wake();
  }

  /** @param timeoutMs longest wait; what is known then is the answer */
  async wait({ revision, history }: AppliedState, timeoutMs: number): Promise<Settled> {
    const givesUpAt = this.#time.now() + timeoutMs;
    for (;;) {
      // Before the look: what is heard while it is under way is not missed.
      const changed = this.#changed(Math.min(LOOK_EVERY_MS, Math.max(0, givesUpAt - this.#time.now())));
      let live: readonly LiveInstance[];
      try {
        live = await this.#look();
      } catch (error) {
        return { kind: "unknown", revision, cause: messageOf(error) };
      }
      const missing = live.filter(
        (each) => each.id !== this.#ownId && (each.history !== history || each.appliedRevision < revision),
      );
      if (missing.length === 0 || this.#time.now() >= givesUpAt) {
        return { kind: "known", revision, live: live.length, missing };
      }
      await changed;
    }
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#waiting.delete(end);
        resolve();
      };
      const cancel = this.#time.after(withinMs, end);
      this.#waiting.add(end);
    });
  }
}
