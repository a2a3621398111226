import {
  type Lease,
  pause,
  type ProcessTime,
  type Registry,
  releaseLease,
  takeLease,
} from "@octavo/registry";

export interface LeaseTiming {
  readonly seconds: number;
  readonly renewMs: number;
  /** Without a renewal for so long, by this process's own clock, nothing new is begun: well before anybody can take it. */
  readonly stopMs: number;
}

export const defaultLeaseTiming: LeaseTiming = { seconds: 10, renewMs: 3000, stopMs: 7000 };

const RETRY_MS = 200;

/** A lease that is renewed until it is given back or lost.
 * - sure: nobody else can have it
 * - unsure: it was not renewed in time; it may still be ours, and is again when the next renewal succeeds
 * - lost: somebody else has had it; for ever */
export class HeldLease {
  readonly lease: Lease;
  readonly #registry: Registry;
  readonly #timing: LeaseTiming;
  readonly #time: ProcessTime;
  readonly #stopRenewing: () => void;
  #sureUntil: number;
  #isLost = false;
  #renewing: Promise<void> | null = null;

  /** @returns null where somebody else has it, or the database cannot be asked */
  static async take(
    registry: Registry,
    name: string,
    holder: string,
    timing: LeaseTiming,
    time: ProcessTime,
  ): Promise<HeldLease | null> {
    const askedAt = time.now();
    const taken = await registry.transaction((client) => takeLease(client, name, holder, timing.seconds));
    if (!taken.ok || taken.value === null) return null;
    return new HeldLease(registry, taken.value, timing, time, askedAt);
  }

  private constructor(
    registry: Registry,
    lease: Lease,
    timing: LeaseTiming,
    time: ProcessTime,
    askedAt: number,
  ) {
    this.#registry = registry;
    this.#time = time;
    this.lease = lease;
    this.#timing = timing;
    this.#sureUntil = askedAt + timing.stopMs;
    this.#stopRenewing = time.every(timing.renewMs, () => void this.renew());
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Resolves when an effect may be begun; false where the lease is lost or was given back. */
  async isSure(): Promise<boolean> {
    for (;;) {
      if (this.#isLost) return false;
      if (this.#time.now() < this.#sureUntil) return true;
      await this.renew();
      // A database that is away may refuse at once.
      if (this.#time.now() >= this.#sureUntil) await pause(this.#time, RETRY_MS);
    }
  }

  /** Tries once; whoever comes meanwhile waits for the same try. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async release(): Promise<void> {
    await this.#renewing;
    this.#lose();
    await this.#registry.transaction((client) => releaseLease(client, this.lease));
  }

  async #renewOnce(): Promise<void> {
    if (this.#isLost) return;
    const { name, holder, epoch } = this.lease;
    const askedAt = this.#time.now();
    const taken = await this.#registry.transaction((client) =>
      takeLease(client, name, holder, this.#timing.seconds),
    );
    if (!taken.ok) return; // an unreachable database has said that within its own time limit
    if (taken.value?.epoch === epoch) this.#sureUntil = askedAt + this.#timing.stopMs;
    else this.#lose();
  }

  #lose(): void {
    this.#isLost = true;
    this.#stopRenewing();
  }
}
