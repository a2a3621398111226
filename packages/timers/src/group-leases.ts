import { type Lease, type Registry, releaseLease, takeLeases } from "@octavo/registry";
import { GROUPS, ownerOf } from "./group.ts";
import { forgetRunner, liveRunners, showRunner } from "./timer-runners.ts";

/** A group is held from taking its lease until 7 s after the last renewal was sent, by this process's monotonic clock: the
 * lease itself ends after 10 s by the database's. States: free -> held -> leaving (another instance should have it; what
 * runs is waited for) -> free; held -> free also when it was not renewed in time. */
export interface HeldGroup {
  readonly number: number;
  readonly lease: Lease;
  /** Nothing new begins in it. */
  readonly isLeaving: boolean;
}

export interface LeaseTimes {
  readonly ttlSeconds: number;
  readonly renewMs: number;
  readonly selfStopMs: number;
  readonly lookMs: number;
  /** A group that should be another's is let go after so long, whatever runs in it. */
  readonly leavingMs: number;
}

const defaultTimes: LeaseTimes = {
  ttlSeconds: 10,
  renewMs: 3000,
  selfStopMs: 7000,
  lookMs: 1000,
  leavingMs: 10_000,
};

interface Held {
  readonly lease: Lease;
  readonly renewedAt: number;
  readonly leavingSince: number | null;
}

interface GroupLeasesParts {
  readonly registry: Pick<Registry, "transaction" | "contact">;
  readonly instanceId: string;
  readonly isBusy: (group: number) => boolean;
  /** Called when a group has come or gone. */
  readonly onChange: () => void;
  readonly onProblem: (because: string) => void;
  readonly times?: LeaseTimes;
}

export class GroupLeases {
  readonly #parts: GroupLeasesParts;
  readonly #times: LeaseTimes;
  readonly #held = new Map<number, Held>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #shownAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(parts: GroupLeasesParts) {
    this.#parts = parts;
    this.#times = parts.times ?? defaultTimes;
  }

  start(): void {
    this.#looking = this.#look();
  }

  /** Those that are held now. */
  held(): readonly HeldGroup[] {
    const now = performance.now();
    const groups: HeldGroup[] = [];
    for (const [number, { lease, renewedAt, leavingSince }] of this.#held) {
      if (now - renewedAt < this.#times.selfStopMs) {
        groups.push({ number, lease, isLeaving: leavingSince !== null });
      }
    }
    return groups;
  }

  /** Gives back what is held, so that another instance need not wait for the end of the leases. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    await this.#release([...this.#held.keys()]);
    await this.#parts.registry.transaction((client) => forgetRunner(client, this.#parts.instanceId));
  }

  async #look(): Promise<void> {
    try {
      const runners = await this.#meet();
      if (runners !== null) await this.#share(runners);
    } catch (error) {
      this.#parts.onProblem(error instanceof Error ? error.message : String(error));
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, this.#times.lookMs);
  }

  /** @returns all that fire timers now, this instance among them; null without a database */
  async #meet(): Promise<readonly string[] | null> {
    const { registry, instanceId } = this.#parts;
    const sentAt = performance.now();
    const isBehind = registry.contact.stoppedBecause !== null;
    const isShown = sentAt - this.#shownAt < this.#times.renewMs;
    const met = await registry.transaction(async (client) => {
      if (isBehind) await forgetRunner(client, instanceId);
      else if (!isShown) await showRunner(client, instanceId);
      return liveRunners(client, this.#times.selfStopMs);
    });
    if (!met.ok) return null;
    if (!isShown) this.#shownAt = sentAt;
    return met.value.includes(instanceId) ? met.value : [...met.value, instanceId];
  }

  async #share(runners: readonly string[]): Promise<void> {
    const { registry, instanceId } = this.#parts;
    // One whose snapshot no longer follows the database knows neither modules nor tenants.
    const isBehind = registry.contact.stoppedBecause !== null;
    const own = isBehind ? [] : GROUPS.filter((group) => ownerOf(group, runners) === instanceId);
    this.#leave(new Set(own));
    await this.#release([...this.#held.keys()].filter((group) => this.#mayGo(group)));
    await this.#take(own);
  }

  #leave(own: ReadonlySet<number>): void {
    for (const [group, held] of this.#held) {
      const leavingSince = own.has(group) ? null : (held.leavingSince ?? performance.now());
      this.#held.set(group, { ...held, leavingSince });
    }
  }

  #mayGo(group: number): boolean {
    const since = this.#held.get(group)?.leavingSince ?? null;
    if (since === null) return false;
    return !this.#parts.isBusy(group) || performance.now() - since > this.#times.leavingMs;
  }

  /** Takes what is its own and renews what it has, in one statement. */
  async #take(own: readonly number[]): Promise<void> {
    const sentAt = performance.now();
    const isDue = ({ renewedAt }: Held) => sentAt - renewedAt >= this.#times.renewMs;
    const renewed = [...this.#held].filter(([, held]) => isDue(held)).map(([group]) => group);
    const wanted = [...own.filter((group) => !this.#held.has(group)), ...renewed];
    if (wanted.length === 0) return;
    const taken = await this.#parts.registry.transaction((client) =>
      takeLeases(client, wanted.map(leaseName), this.#parts.instanceId, this.#times.ttlSeconds),
    );
    if (!taken.ok) return; // what it holds runs out by itself
    const before = this.#held.size;
    for (const group of wanted) {
      const lease = taken.value.find(({ name }) => name === leaseName(group));
      const leavingSince = this.#held.get(group)?.leavingSince ?? null;
      if (lease === undefined) this.#held.delete(group);
      else this.#held.set(group, { lease, renewedAt: sentAt, leavingSince });
    }
    if (this.#held.size !== before) this.#parts.onChange();
  }

  async #release(groups: readonly number[]): Promise<void> {
    if (groups.length === 0) return;
    const leases = groups.flatMap((group) => this.#held.get(group)?.lease ?? []);
    for (const group of groups) this.#held.delete(group);
    this.#parts.onChange();
    // Best effort: otherwise they expire.
    await this.#parts.registry.transaction(async (client) => {
      for (const lease of leases) await releaseLease(client, lease);
    });
  }
}

function leaseName(group: number): string {
  return `timers-${group}`;
}
