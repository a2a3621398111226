import { setTimeout as wait } from "node:timers/promises";
import type { HomeDatabase } from "@octavo/database";
import type { Log } from "../definition/log.ts";
import type { Errand } from "./errand.ts";
import { SWEEP } from "./sweeper.ts";
import {
  type DueVisit,
  settleVisit,
  takeDueVisits,
  type Wake,
  writeMissingWakes,
  writeWakes,
} from "./wake-rows.ts";

export interface VisitTiming {
  readonly pollMs: number;
  /** After so long a visit that was not settled is made again, also where it still goes on: what is done there is taken row by row. */
  readonly leaseSeconds: number;
  /** How often each tenant is visited though nobody woke it. */
  readonly sweepSeconds: number;
}

/** OCTAVO_SWEEP_SECONDS is for tests, which do not wait ten minutes for work whose wake was lost. */
export const defaultVisitTiming: VisitTiming = {
  pollMs: 1000,
  leaseSeconds: 5,
  sweepSeconds: Number(process.env["OCTAVO_SWEEP_SECONDS"] ?? 600),
};

const MOST_VISITS = 4;
/** Told once, not each second; and not of a home that is just being made. */
const TELL_AT_FAILED_LOOK = 5;
const RETRY_SECONDS = 10;

/** Looks into home for tenants where something is due and sends errands there. Wakes are hints that make it prompt; that each tenant is
 * swept every ten minutes is what makes it sure (decision 0023, DECISIONS 23). */
export class VisitLoop {
  readonly #home: HomeDatabase;
  readonly #log: Log;
  readonly #timing: VisitTiming;
  readonly #errands = new Map<string, Errand>();
  readonly #visits = new Set<Promise<void>>();
  readonly #wakes = new Map<string, Wake>();
  #writing: Promise<void> | null = null;
  #pause = new AbortController();
  #running: Promise<void> | null = null;
  #isStopped = false;
  /** When it was last seen to that each tenant has a sweep; monotonic. */
  #knewTenantsMs = -Infinity;
  #failedLooks = 0;

  constructor(home: HomeDatabase, log: Log, timing: VisitTiming) {
    this.#home = home;
    this.#log = log;
    this.#timing = timing;
  }

  add(errand: Errand): void {
    this.#errands.set(errand.name, errand);
    this.#running ??= this.#run();
    this.poke();
  }

  get errandNames(): readonly string[] {
    return [...this.#errands.keys()];
  }

  /** Looks at once: something may be due, or there is room again. */
  poke(): void {
    this.#pause.abort();
  }

  /** Tells all instances, soon, that a tenant has work. Never waits and never fails: at worst the next sweep finds it. */
  wake(tenantId: string, errand: string, inSeconds: number): void {
    const name = `${tenantId}/${errand}`;
    const known = this.#wakes.get(name);
    const soonest = Math.min(known?.inSeconds ?? Infinity, inSeconds);
    this.#wakes.set(name, { tenantId, errand, inSeconds: soonest });
    this.#writing ??= this.#writeWakes().finally(() => {
      this.#writing = null;
    });
  }

  /** No new visits; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.poke();
    await this.#running;
    await Promise.all(this.#visits);
    await this.#writing;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const pause = (this.#pause = new AbortController());
      const isMore = await this.#look().catch((error: unknown) => {
        this.#failedLooks += 1;
        if (this.#failedLooks === TELL_AT_FAILED_LOOK)
          this.#log.warn({ err: error }, "home cannot be asked for what is due");
        return false;
      });
      if (isMore || this.#isStopped) continue;
      await wait(this.#timing.pollMs, undefined, { signal: pause.signal }).catch(() => undefined);
    }
  }

  /** @returns whether there may be more */
  async #look(): Promise<boolean> {
    const room = MOST_VISITS - this.#visits.size;
    const names = [...this.#errands.values()].filter((errand) => errand.free() > 0).map(({ name }) => name);
    if (room <= 0 || names.length === 0) return false;
    // Again and again: tenants are enabled while we run.
    const ageMs = performance.now() - this.#knewTenantsMs;
    if (ageMs >= this.#timing.sweepSeconds * 100) {
      await this.#home.tx((tx) => writeMissingWakes(tx, SWEEP, this.#timing.sweepSeconds));
      this.#knewTenantsMs = performance.now();
    }
    const due = await this.#home.tx((tx) => takeDueVisits(tx, names, room, this.#timing.leaseSeconds));
    this.#failedLooks = 0;
    for (const visit of due) {
      const made = this.#visit(visit).finally(() => {
        this.#visits.delete(made);
        this.poke();
      });
      this.#visits.add(made);
    }
    return due.length === room;
  }

  async #visit(visit: DueVisit): Promise<void> {
    try {
      const inSeconds = await this.#runErrand(visit);
      await this.#home.tx((tx) => settleVisit(tx, visit, inSeconds));
    } catch (error) {
      this.#log.warn({ err: error, ...visit }, "a visit could not be settled");
    }
  }

  async #runErrand({ tenantId, errand }: DueVisit): Promise<number | null> {
    try {
      return (await this.#errands.get(errand)?.run(tenantId)) ?? null;
    } catch (error) {
      this.#log.warn({ err: error, tenantId, errand }, "an errand failed");
      return RETRY_SECONDS;
    }
  }

  async #writeWakes(): Promise<void> {
    await Promise.resolve(); // those of the same turn go together
    while (this.#wakes.size > 0) {
      const wakes = [...this.#wakes.values()];
      this.#wakes.clear();
      try {
        await this.#home.tx((tx) => writeWakes(tx, wakes));
        if (wakes.some(({ inSeconds }) => inSeconds <= 0)) this.poke();
      } catch (error) {
        this.#log.warn(
          { err: error, wakes: wakes.length },
          "tenants could not be woken; the next sweep finds their work",
        );
      }
    }
  }
}
