import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { AppliedState, InstanceFollowers } from "@octavo/registry";
import { assert, err, ok, type Result } from "@octavo/result";
import type { Log } from "../log.ts";
import type { ProcessFamilies } from "../metrics/join-processes.ts";
import { restartDelayMs } from "./restart-delay.ts";
import { type WorkerEvents, WorkerProcess } from "./worker-process.ts";
import type { WorkersState } from "./workers-state.ts";

export interface WorkerPoolOptions {
  readonly wanted: number;
  readonly graceMs: number;
  readonly log: Log;
}

/** What a worker gets from its parent. */
export interface WorkerSupply {
  readonly answer: WorkerEvents["answer"];
  /** Tells a new worker everything; returns how to stop. */
  readonly feed: (worker: WorkerProcess) => () => void;
}

/** How long an answer to a write waits for a worker that does not come along; it is told again with the next. */
const BARRIER_MS = 1000;
/** Whoever lives so long has not died of its start. */
const STABLE_MS = 30_000;
/** Connections that wait while there is no worker for them. */
const MOST_WAITING = 1000;
const NEVER = new AbortController().signal;

/** The workers of one gateway, as many as are wanted: one that dies is replaced after a pause, all of them one after the
 * other when somebody asks for it. */
export class WorkerPool implements InstanceFollowers, WorkersState {
  readonly #options: WorkerPoolOptions;
  #supply: WorkerSupply | null = null;
  #hasStarted = false;
  /** Those that are to take connections, by slot; null: there is none just now. */
  readonly #slots: (WorkerProcess | null)[];
  /** Every process that lives, those that end among them. */
  readonly #all = new Set<WorkerProcess>();
  readonly #waiting: Socket[] = [];
  readonly #close = new AbortController();
  readonly #progress = new Set<() => void>();
  #replacing: Promise<void> | null = null;
  #isAskedAgain = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.wanted }, () => null);
  }

  get wanted(): number {
    return this.#options.wanted;
  }

  get ready(): number {
    return this.#slots.filter((worker) => worker?.isReady === true).length;
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  get lagMs(): number {
    return Math.max(0, ...[...this.#all].map(({ vitals }) => vitals.lagMs));
  }

  /** What each of them counts, but for those that do not say so in time. */
  async scrape(): Promise<readonly ProcessFamilies[]> {
    const scraped = await Promise.all(
      this.#slots.map(async (worker, slot) => {
        const families = (await worker?.scrape()) ?? null;
        return families === null ? [] : [{ process: `worker-${slot}`, families }];
      }),
    );
    return scraped.flat();
  }

  /** Resolves when all are ready; one that cannot start ends all. */
  async start(supply: WorkerSupply): Promise<Result<void, string>> {
    this.#supply = supply;
    const started = await Promise.all(this.#slots.map((_none, slot) => this.#startIn(slot)));
    const failed = started.find((each) => !each.ok);
    if (failed?.ok !== false) {
      this.#hasStarted = true;
      return ok(undefined);
    }
    await this.end({ keepsIdle: false, graceMs: 0 }, NEVER);
    return err(`A worker could not start: ${failed.error}`);
  }

  /** To the one with the fewest. */
  give(connection: Socket): void {
    if (connection.destroyed) return;
    let least: WorkerProcess | null = null;
    for (const worker of this.#slots) {
      if (worker?.isReady !== true) continue;
      if (least === null || worker.load < least.load) least = worker;
    }
    if (least !== null) least.give(connection);
    else if (this.#waiting.length < MOST_WAITING && !this.#close.signal.aborted)
      this.#waiting.push(connection);
    else connection.destroy();
  }

  /** One at a time, the new one ready before the old one ends. Asked for while it is being done, it is done once more. */
  replaceAll(): Promise<void> {
    this.#isAskedAgain = this.#replacing !== null;
    this.#replacing ??= this.#replaceAll().finally(() => {
      this.#replacing = null;
    });
    return this.#replacing;
  }

  tellAll(message: Parameters<WorkerProcess["tell"]>[0]): void {
    for (const worker of this.#all) worker.tell(message);
  }

  /** @returns how many requests were cut */
  async end(...how: Parameters<WorkerProcess["end"]>): Promise<number> {
    this.#close.abort();
    for (const connection of this.#waiting.splice(0)) connection.destroy();
    const cut = await Promise.all([...this.#all].map((worker) => worker.end(...how)));
    return cut.reduce((sum, each) => sum + each, 0);
  }

  applied(own: AppliedState): AppliedState {
    let slowest: AppliedState = own;
    for (const { isServing, applied } of this.#all) {
      if (!isServing || applied === null) continue;
      if (applied.history !== own.history) return applied;
      if (applied.revision < slowest.revision) slowest = applied;
    }
    return slowest;
  }

  async reached(revision: number): Promise<void> {
    if (this.#hasReached(revision)) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.#hasReached(revision)) return;
        this.#progress.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#progress.delete(look);
        this.#options.log.warn({ revision }, "a worker has not applied a change in time");
        resolve();
      }, BARRIER_MS);
      this.#progress.add(look);
    });
  }

  #hasReached(revision: number): boolean {
    for (const { isServing, applied } of this.#all) {
      if (isServing && (applied?.revision ?? 0) < revision) return false;
    }
    return true;
  }

  async #replaceAll(): Promise<void> {
    const { log } = this.#options;
    do {
      this.#isAskedAgain = false;
      log.info({ workers: this.wanted }, "replacing workers");
      for (const slot of this.#slots.keys()) {
        if (this.#close.signal.aborted) return;
        const started = await this.#startIn(slot);
        if (!started.ok) {
          log.error({ because: started.error }, "a new worker could not start; the old ones stay");
          return;
        }
      }
    } while (this.#isAskedAgain && !this.#close.signal.aborted);
  }

  /** Its requests have their grace; what it has not got yet is for the others. */
  async #retire(worker: WorkerProcess): Promise<void> {
    const { graceMs, log } = this.#options;
    const ending = worker.end({ keepsIdle: true, graceMs }, NEVER);
    for (const connection of worker.takeBack()) this.give(connection);
    log.info({ pid: worker.pid, requestsCut: await ending }, "worker replaced");
  }

  /** Resolves when a new worker has the slot and the one before it has ended, or when none could start: then the slot is as
   * it was. */
  async #startIn(slot: number, failures = 0): Promise<Result<void, string>> {
    assert(this.#supply !== null, "workers start when there is something to tell them");
    const { answer, feed } = this.#supply;
    const startedAt = performance.now();
    const worker: WorkerProcess = new WorkerProcess({
      answer,
      onProgress: () => this.#tellProgress(),
      onEnd: (because) => {
        stopFeeding();
        this.#all.delete(worker);
        this.#tellProgress();
        if (this.#slots[slot] !== worker) return;
        this.#slots[slot] = null;
        void this.#startAgain(
          slot,
          worker,
          because,
          performance.now() - startedAt > STABLE_MS ? 0 : failures + 1,
        );
      },
    });
    this.#all.add(worker);
    const stopFeeding = feed(worker);
    const ready = await worker.ready;
    if (!ready.ok) return ready;
    const before = this.#slots[slot] ?? null;
    this.#slots[slot] = worker;
    this.#options.log.info({ pid: worker.pid, slot }, "worker is ready");
    for (const connection of this.#waiting.splice(0)) this.give(connection);
    if (before !== null) await this.#retire(before);
    return ready;
  }

  async #startAgain(slot: number, dead: WorkerProcess, because: string, failures: number): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#close;
    if (signal.aborted) return;
    log.error({ pid: dead.pid, because, failures }, "worker died");
    for (const connection of dead.takeBack()) this.give(connection);
    for (let tries = failures; ; tries += 1) {
      await delay(restartDelayMs(tries), undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.#slots[slot] !== null) return;
      const started = await this.#startIn(slot, tries);
      if (started.ok) return;
      log.error({ because: started.error }, "worker could not start");
    }
  }

  #tellProgress(): void {
    for (const look of this.#progress) look();
  }
}
