// freshness.ts runs for every request: nothing is waited for where there is no reason.
import type { RegistryView } from "@octavo/registry";
import type { Log } from "./log.ts";

const TICK_MS = 100;
/** A process that has stood still so long may have missed that something was taken back. */
const FROZEN_MS = 1000;
/** Longest wait for a revision that a client has seen elsewhere. */
const PATIENCE_MS = 250;
/** Longest wait after a standstill: rarer, and what is at stake is that something was taken back meanwhile. */
const AFTER_STANDSTILL_MS = 1000;

/** Sees to it that a request is not answered from an older state than its client may expect: after this process has stood
 * still (a machine that was suspended, a container that was frozen), and where the client names a revision.
 * @see reliability.md 2.3 */
export class Freshness {
  readonly #registry: RegistryView;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #tickedAt = performance.now();
  #catchingUp: Promise<void> | null = null;

  constructor(registry: RegistryView, log: Log) {
    this.#registry = registry;
    this.#log = log;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  /** @param asked what the client has said in X-Octavo-Revision; null where he said nothing
   * @returns null where the request can go on at once; else the revision that this instance is at where it stays behind
   * what was asked for, and null where it does not */
  check(asked: number | null): Promise<number | null> | null {
    if (performance.now() - this.#tickedAt > FROZEN_MS) this.#tick();
    if (this.#catchingUp === null && (asked === null || asked <= this.#registry.snapshot.revision))
      return null;
    return this.#wait(asked);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #wait(asked: number | null): Promise<number | null> {
    await this.#catchingUp;
    if (asked === null || asked <= this.#registry.snapshot.revision) return null;
    void this.#registry.refresh(PATIENCE_MS);
    const isReached = await this.#registry.reached(asked, PATIENCE_MS);
    return isReached ? null : this.#registry.snapshot.revision;
  }

  #tick(): void {
    const now = performance.now();
    const stoodStillMs = Math.round(now - this.#tickedAt);
    this.#tickedAt = now;
    if (stoodStillMs <= FROZEN_MS || this.#catchingUp !== null) return;
    this.#catchingUp = this.#catchUp(stoodStillMs).finally(() => {
      this.#catchingUp = null;
    });
  }

  async #catchUp(stoodStillMs: number): Promise<void> {
    const isFresh = await this.#registry.refresh(AFTER_STANDSTILL_MS);
    const { revision } = this.#registry.snapshot;
    this.#log.warn({ stoodStillMs, isFresh, revision }, "this process has stood still");
  }
}
