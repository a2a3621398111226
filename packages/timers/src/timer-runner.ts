import type { Registry } from "@octavo/registry";
import { type ArmedGroup, type ArmedTimer, armGroups } from "./armed-group.ts";
import type { Timer } from "./declared-timers.ts";
import { dueAfter } from "./due.ts";
import { type DueTimer, dueTimers, nextDueOf } from "./due-timers.ts";
import { sweepFires } from "./fires.ts";
import { GroupLeases, type HeldGroup, type LeaseTimes } from "./group-leases.ts";
import { defaultFireLimits, type FireLimits, RunningFires } from "./running-fires.ts";
import { nameOf, type TimerKey } from "./timer-client.ts";
import { WakeUp } from "./wake-up.ts";
import { type GroupFireEnd, keyOf, writeTurn } from "./write-turn.ts";

/** One call of a module, which was claimed. */
export interface Fire extends TimerKey {
  readonly timer: Timer;
  /** Milliseconds since 1970; with tenant and timer the key under which it is fired at most once. */
  readonly due: number;
  readonly epoch: number;
}

export interface Fired {
  readonly outcome: "succeeded" | "failed" | "unknown";
  readonly status: number | null;
  /** Why it did not succeed. */
  readonly message: string | null;
}

/** Calls the module; settles within a bound, and never rejects. */
export type CallTimer = (fire: Fire, signal: AbortSignal) => Promise<Fired>;

/** How an instance's timers stand at a moment. */
export interface RunnerVitals {
  readonly timers: number;
  /** Calls under way. */
  readonly running: number;
  /** Of what waits for a place or for the database; 0 where nothing does. */
  readonly longestOverdueMs: number;
}

interface TimerRunnerParts {
  readonly registry: Registry;
  readonly instanceId: string;
  readonly call: CallTimer;
  readonly onFired: (fire: Fire, fired: Fired) => void;
  readonly onProblem: (because: string) => void;
  readonly limits?: FireLimits;
  readonly leaseTimes?: LeaseTimes;
}

/** Between two turns: what becomes due or ends meanwhile is written together. */
const PACE_MS = 20;
const LONGEST_SLEEP_MS = 1000;
const AFTER_FAILURE_MS = 500;
const BATCH = 500;
const BUSY = 50;
const SWEEP_EVERY_MS = 600_000;

/** Fires the timers of the groups that this instance holds. A turn is one transaction, conditional on the leases: outcomes of
 * what has ended, then keys of what is due; only what was claimed there is called.
 * @see docs/decisions/0017-timers.md */
export class TimerRunner {
  readonly #parts: TimerRunnerParts;
  readonly #leases: GroupLeases;
  readonly #running: RunningFires;
  readonly #groups = new Map<number, ArmedGroup>();
  readonly #wake = new WakeUp();
  readonly #abort = new AbortController();
  readonly #stops: readonly (() => void)[];
  readonly #loop: Promise<void>;
  #ended: GroupFireEnd[] = [];
  #isStale = true;
  /** The last turn had enough to write: another is not waited for. */
  #isBusy = false;
  #isClosing = false;
  #sweptAt = performance.now();

  constructor(parts: TimerRunnerParts) {
    const { registry, instanceId, onProblem } = parts;
    this.#parts = parts;
    this.#running = new RunningFires(parts.limits ?? defaultFireLimits);
    this.#leases = new GroupLeases({
      registry,
      instanceId,
      isBusy: (group) => this.#running.isIn(group) || this.#ended.some((end) => end.group === group),
      onChange: () => this.#wake.now(),
      onProblem,
      ...(parts.leaseTimes === undefined ? {} : { times: parts.leaseTimes }),
    });
    const look = (): void => {
      this.#isStale = true;
      this.#wake.now();
    };
    this.#stops = [registry.onSnapshot(look), registry.onRows(look)];
    this.#leases.start();
    this.#loop = this.#run();
  }

  get vitals(): RunnerVitals {
    const groups = [...this.#groups.values()];
    const now = this.#parts.registry.clock.now();
    const waiting = dueTimers(groups, now).find(({ armed }) => !this.#running.has(armed.name));
    return {
      timers: groups.reduce((sum, { timers }) => sum + timers.size, 0),
      running: this.#running.size,
      longestOverdueMs: waiting === undefined ? 0 : now - waiting.due,
    };
  }

  /** Begins nothing more, waits for what runs, then gives the groups back.
   * @param graceMs after which what still runs is cut; its outcome is unknown
   * @param hurry cuts it at once */
  async close(graceMs: number, hurry?: AbortSignal): Promise<void> {
    this.#isClosing = true;
    for (const stop of this.#stops) stop();
    const giveUp = (): void => {
      this.#abort.abort();
      this.#wake.now();
    };
    const cut = setTimeout(giveUp, graceMs);
    if (hurry?.aborted === true) giveUp();
    hurry?.addEventListener("abort", giveUp, { once: true });
    this.#wake.now();
    await this.#loop;
    clearTimeout(cut);
    await this.#leases.close();
  }

  async #run(): Promise<void> {
    while (!this.#isClosing || this.#running.size > 0 || this.#ended.length > 0) {
      if (this.#isClosing && this.#abort.signal.aborted && this.#leases.held().length === 0) return;
      const isDone = await this.#turn();
      await this.#wake.rest(isDone ? (this.#isBusy ? 0 : PACE_MS) : AFTER_FAILURE_MS);
      if (!this.#isClosing || this.#running.size > 0) await this.#wake.within(this.#sleepMs());
    }
  }

  /** @returns whether all of it was done */
  async #turn(): Promise<boolean> {
    try {
      const held = this.#leases.held();
      this.#keep(held);
      const wantsArming = this.#isStale || [...this.#groups.values()].some(({ isLoaded }) => !isLoaded);
      if (wantsArming && !this.#isClosing && !(await this.#arm(held))) return this.#giveUp();
      if (!(await this.#write(held))) return this.#giveUp();
      await this.#sweepSometimes();
      return true;
    } catch (error) {
      this.#parts.onProblem(error instanceof Error ? error.message : String(error));
      return this.#giveUp();
    }
  }

  /** What memory says may differ from the rows: they are read again. */
  #giveUp(): false {
    this.#groups.clear();
    return false;
  }

  #keep(held: readonly HeldGroup[]): void {
    const numbers = new Set(held.map(({ number }) => number));
    for (const number of this.#groups.keys()) if (!numbers.has(number)) this.#groups.delete(number);
    for (const number of numbers) {
      if (this.#groups.has(number)) continue;
      this.#groups.set(number, { number, timers: new Map(), tenants: new Map(), isLoaded: false });
    }
    // Whoever has a group now has said already that their outcome is unknown.
    this.#ended = this.#ended.filter(({ group }) => numbers.has(group));
  }

  async #arm(held: readonly HeldGroup[]): Promise<boolean> {
    this.#isStale = false;
    const { registry } = this.#parts;
    if (held.length === 0) return true;
    const waiting = new Set(this.#ended.map(nameOf));
    const armed = await registry.transaction((client) =>
      armGroups(client, [...this.#groups.values()], {
        snapshot: registry.snapshot,
        nowMs: Math.floor(registry.clock.now()),
        leases: held.map(({ lease }) => lease),
        isRunning: (name) => this.#running.has(name) || waiting.has(name),
        onProblem: this.#parts.onProblem,
      }),
    );
    if (!armed.ok || !armed.value) return false;
    this.#remember();
    return true;
  }

  /** A row may have been read whose outcome is not written yet: it still says when the fire that has ended was due. */
  #remember(): void {
    for (const end of this.#ended) {
      const armed = this.#armedOf(end);
      if (armed?.nextDue != null && armed.nextDue <= end.due) armed.nextDue = end.nextDue;
    }
  }

  #armedOf(end: GroupFireEnd): ArmedTimer | undefined {
    return this.#groups.get(end.group)?.timers.get(nameOf(end));
  }

  /** Outcomes and claims. */
  async #write(held: readonly HeldGroup[]): Promise<boolean> {
    const { registry, instanceId } = this.#parts;
    const nowMs = Math.floor(registry.clock.now());
    // It may have been changed since it ended.
    const ends = this.#ended
      .slice(0, BATCH)
      .map((end) => ({ ...end, nextDue: (this.#armedOf(end) ?? end).nextDue }));
    const begun = this.#isClosing ? [] : this.#beginDue(held, nowMs);
    this.#isBusy = ends.length + begun.length > BUSY;
    if (ends.length === 0 && begun.length === 0) return true;
    const write = registry.transaction((client) =>
      writeTurn(client, { held, ends, begun, instanceId, nowMs }),
    );
    const written = await write.catch((error: unknown) => {
      for (const { armed } of begun) this.#running.end(armed.name);
      throw error;
    });
    if (written.ok) this.#ended = this.#ended.slice(ends.length);
    const stillHeld = new Map(this.#leases.held().map((each) => [each.number, each]));
    for (const each of begun) this.#start(each, written.ok ? written.value : new Set(), stillHeld);
    return written.ok && begun.every(({ armed, due }) => written.value.has(keyOf(armed.name, due)));
  }

  /** What is due and has a place. */
  #beginDue(held: readonly HeldGroup[], nowMs: number): readonly DueTimer[] {
    const staying = held.filter(({ isLeaving }) => !isLeaving);
    const groups = staying.flatMap(({ number }) => this.#groups.get(number) ?? []);
    // One whose outcome this turn does not write must not begin: outcomes would be written out of order.
    const waiting = new Set(this.#ended.slice(BATCH).map(nameOf));
    const begun: DueTimer[] = [];
    for (const each of dueTimers(groups, nowMs)) {
      if (begun.length === BATCH) break;
      if (!waiting.has(each.armed.name) && this.#running.begin(each.armed)) begun.push(each);
    }
    return begun;
  }

  #start({ armed, due }: DueTimer, claimed: ReadonlySet<string>, held: ReadonlyMap<number, HeldGroup>): void {
    const group = held.get(armed.group);
    if (group === undefined || !claimed.has(keyOf(armed.name, due))) {
      // Claimed and not called counts as called: where it was claimed, the rows say so.
      this.#running.end(armed.name);
      return;
    }
    const { tenantId, timerId, timer } = armed;
    const fire = { tenantId, timerId, timer, due, epoch: group.lease.epoch };
    armed.runRequestedAt = null;
    armed.nextDue = null;
    void this.#call(fire, armed);
  }

  async #call(fire: Fire, armed: ArmedTimer): Promise<void> {
    const fired = await this.#parts.call(fire, this.#abort.signal).catch(brokenCall);
    const endedAt = Math.floor(this.#parts.registry.clock.now());
    // It may have been changed, or have gone to another instance and come back, while it ran.
    const now = this.#groups.get(armed.group)?.timers.get(armed.name) ?? armed;
    now.nextDue = now.row.startsWith("paused") ? null : dueAfter(now.cadence, now.name, endedAt);
    const { tenantId, timerId, due } = fire;
    this.#ended.push({ tenantId, timerId, due, endedAt, ...fired, nextDue: now.nextDue, group: armed.group });
    this.#running.end(armed.name);
    this.#parts.onFired(fire, fired);
    this.#wake.now();
  }

  #sleepMs(): number {
    const now = this.#parts.registry.clock.now();
    const isRunning = (name: string): boolean => this.#running.has(name);
    return Math.max(0, nextDueOf(this.#groups.values(), isRunning, now + LONGEST_SLEEP_MS) - now);
  }

  async #sweepSometimes(): Promise<void> {
    if (performance.now() - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = performance.now();
    await this.#parts.registry.transaction((client) => sweepFires(client, [...this.#groups.keys()]));
  }
}

function brokenCall(error: unknown): Fired {
  return { outcome: "failed", status: null, message: error instanceof Error ? error.message : String(error) };
}
