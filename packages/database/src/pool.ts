import type { Lease } from "./carried-transaction.ts";
import type { Connection } from "./connection.ts";
import type { Waiting } from "./fair-queue.ts";
import { DatabaseBusy } from "./module-database.ts";
import { type PoolGauges, PoolDecisions, type PoolLimits } from "./pool-decisions.ts";

/** Who wants a connection. */
export interface Asking {
  readonly tenant: string;
  readonly target: string;
  readonly isBackground: boolean;
  readonly signal: AbortSignal | null;
}

export interface PoolOptions extends PoolLimits {
  /** Longest wait for a connection: where a request waits, and in the background. */
  readonly waitMs: number;
  readonly backgroundWaitMs: number;
  open(target: string): Promise<Connection>;
  /** Milliseconds of a clock that only goes on. */
  now(): number;
}

interface Asked {
  readonly waiting: Waiting;
  readonly signal: AbortSignal | null;
  settle(outcome: unknown): void;
}

/** Carries out what `PoolDecisions` says. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #decisions: PoolDecisions;
  readonly #connections = new Map<number, Connection>();
  readonly #asked = new Map<Waiting, Asked>();
  #lastId = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#decisions = new PoolDecisions(options);
  }

  get gauges(): PoolGauges {
    return this.#decisions.gauges();
  }

  /** @throws DatabaseBusy where none came free in time; what `open` throws; the signal's reason */
  take({ tenant, target, isBackground, signal }: Asking): Promise<Lease> {
    if (this.#isClosed) return Promise.reject(new Error("the databases of this process are closed"));
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    this.#lastId += 1;
    const { waitMs, backgroundWaitMs } = this.#options;
    const since = this.#options.now();
    const deadline = since + (isBackground ? backgroundWaitMs : waitMs);
    const waiting: Waiting = { id: this.#lastId, tenant, target, isBackground, since, deadline };
    return new Promise((resolve, reject) => {
      const withdraw = (): void => {
        if (this.#decisions.withdrawn(waiting)) settle(signal?.reason);
      };
      const settle = (outcome: unknown): void => {
        this.#asked.delete(waiting);
        signal?.removeEventListener("abort", withdraw);
        if (isLease(outcome)) resolve(outcome);
        else reject(outcome);
      };
      signal?.addEventListener("abort", withdraw);
      this.#asked.set(waiting, { waiting, signal, settle });
      this.#decisions.arrived(waiting);
      this.#act();
    });
  }

  /** A failover: what was connected before it is used no more. */
  distrust(isConcerned: (target: string) => boolean): void {
    this.#decisions.distrust(isConcerned);
    this.#act();
  }

  /** No more is given out; those that wait are refused, those in use are cut. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const asked of this.#asked.values()) {
      if (this.#decisions.withdrawn(asked.waiting))
        asked.settle(new Error("the databases of this process are closed"));
    }
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    await Promise.all(this.#closing);
  }

  #act(): void {
    for (;;) {
      const decision = this.#decisions.next(this.#options.now());
      if (decision === null) break;
      if (decision.kind === "give") this.#give(decision.waiting, decision.session);
      else if (decision.kind === "open")
        void this.#open(decision.waiting, decision.session, decision.insteadOf);
      else if (decision.kind === "close") void this.#close(decision.session);
      else this.#refuse(decision.waiting);
    }
    this.#lookAgain();
  }

  #give(waiting: Waiting, session: number): void {
    const connection = this.#connections.get(session);
    const asked = this.#asked.get(waiting);
    if (connection === undefined || asked === undefined)
      throw new Error("invariant broken: what is given is there, and somebody waits for it");
    let isOut = true;
    const giveBack = (fate: "keep" | "close"): void => {
      if (!isOut) return;
      isOut = false;
      this.#decisions.givenBack(
        session,
        fate === "keep" && !connection.isBroken && !this.#isClosed,
        this.#options.now(),
      );
      this.#act();
    };
    asked.settle({ connection, giveBack });
  }

  async #open(waiting: Waiting, session: number, insteadOf: number | null): Promise<void> {
    try {
      if (insteadOf !== null) await this.#end(insteadOf);
      const connection = await this.#options.open(waiting.target);
      connection.onBroken(() => {
        this.#decisions.broken(session);
        this.#act();
      });
      this.#connections.set(session, connection);
      this.#decisions.opened(session, this.#options.now());
      this.#give(waiting, session);
    } catch (error) {
      this.#decisions.givenBack(session, false, this.#options.now());
      this.#asked.get(waiting)?.settle(error instanceof Error ? error : new Error(String(error)));
      this.#act();
    }
  }

  async #close(session: number): Promise<void> {
    await this.#end(session);
    this.#decisions.closed(session);
    if (!this.#isClosed) this.#act();
  }

  /** Resolves when the server has let it go: until then it counts. */
  async #end(session: number): Promise<void> {
    const ending = this.#connections.get(session)?.close() ?? Promise.resolve();
    this.#connections.delete(session);
    this.#closing.add(ending);
    await ending;
    this.#closing.delete(ending);
  }

  #refuse(waiting: Waiting): void {
    const seconds = Math.ceil(this.#options.waitMs / 1000);
    const message = `no connection to ${waiting.target} came free: ${this.#options.budget} are in use, ${this.gauges.queued} more requests wait`;
    this.#asked.get(waiting)?.settle(new DatabaseBusy(message, seconds));
  }

  #lookAgain(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const at = this.#decisions.nextLookAt(this.#options.now());
    if (at === Infinity || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#act(), Math.max(1, Math.ceil(at - this.#options.now())));
    this.#timer.unref();
  }
}

function isLease(outcome: unknown): outcome is Lease {
  return typeof outcome === "object" && outcome !== null && "giveBack" in outcome;
}
