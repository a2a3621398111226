import { assert } from "@octavo/result";
import { FairQueue, type Waiting } from "./fair-queue.ts";

/** Bounds of a pool; times in milliseconds. */
export interface PoolLimits {
  /** Connections of this process to all databases together. */
  readonly budget: number;
  readonly maxWaiting: number;
  /** A connection stays with its database at least so long: below it each switch would cost more than what it serves. */
  readonly affinityMs: number;
  readonly idleMs: number;
  /** A session's memory grows with its age and with each tenant whose tables it has met (2 MB and more). */
  readonly maxAgeMs: number;
  readonly maxTenants: number;
  /** Not for its tenants alone before this age: to begin a session costs as much as dozens of transactions. */
  readonly minAgeMs: number;
}

/** How many times the affinity a request waits for its database's own connections before it takes another's. */
const PATIENCE = 4;

export const defaultLimits = {
  affinityMs: 250,
  idleMs: 60_000,
  maxAgeMs: 30 * 60_000,
  maxTenants: 64,
  minAgeMs: 10_000,
} as const;

/** What the pool has to do next. */
export type Decision =
  | { readonly kind: "give"; readonly waiting: Waiting; readonly session: number }
  /** A new session for one that waits, after `insteadOf` was closed. */
  | {
      readonly kind: "open";
      readonly waiting: Waiting;
      readonly session: number;
      readonly insteadOf: number | null;
    }
  | { readonly kind: "close"; readonly session: number }
  | { readonly kind: "refuse"; readonly waiting: Waiting };

/** idle -> busy -> idle ... -> closing. An opening one is busy: it belongs to the one that it is opened for. */
interface Session {
  readonly id: number;
  readonly target: string;
  readonly tenants: Set<string>;
  readonly openedAt: number;
  state: "busy" | "idle" | "closing";
  /** Broken or retired: it serves nobody any more, but counts until it is closed. */
  isSpent: boolean;
  /** For whom it is busy, since when; idle since when. */
  user: Waiting | null;
  since: number;
}

export interface PoolGauges {
  readonly used: number;
  readonly idle: number;
  readonly queued: number;
  /** Since the start. */
  readonly connects: number;
  readonly evicted: number;
  /** Closed because they were too old, had met too many tenants, or were cut off. */
  readonly retired: number;
  readonly refused: number;
}

type Choice =
  | { readonly kind: "give"; readonly session: Session }
  | { readonly kind: "open"; readonly insteadOf: Session | null };

/** Which request gets which connection. It decides and does nothing: what happened is told to it, `next` says what is to be done until it
 * has no more to say. Its clock is the caller's. */
export class PoolDecisions {
  readonly #limits: PoolLimits;
  readonly #perTenant: number;
  readonly #background: number;
  readonly #queue = new FairQueue();
  readonly #sessions = new Map<number, Session>();
  readonly #inFlight = new Map<string, number>();
  readonly #refused: Waiting[] = [];
  #backgroundInFlight = 0;
  #lastId = 0;
  #connects = 0;
  #evicted = 0;
  #retired = 0;
  #refusals = 0;

  constructor(limits: PoolLimits) {
    this.#limits = limits;
    this.#perTenant = Math.max(1, Math.floor(limits.budget / 2));
    this.#background = Math.max(1, Math.floor(limits.budget * 0.3));
  }

  arrived(waiting: Waiting): void {
    this.#queue.add(waiting);
    if (this.#queue.length <= this.#limits.maxWaiting) return;
    const crowding = this.#queue.mostCrowding(waiting.tenant) ?? waiting;
    this.#queue.remove(crowding);
    this.#refused.push(crowding);
  }

  /** It no longer wants one.
   * @returns false where it waits no more */
  withdrawn(waiting: Waiting): boolean {
    return this.#queue.remove(waiting);
  }

  /** The session answers; it stays with the one that it was opened for. */
  opened(id: number, now: number): void {
    const session = this.#session(id, "busy");
    session.since = now;
    this.#connects += 1;
  }

  givenBack(id: number, isUsable: boolean, now: number): void {
    const session = this.#session(id, "busy");
    const { user } = session;
    assert(user !== null, "a busy session has a user");
    this.#count(user, -1);
    this.#queue.settle(user.tenant, now - session.since);
    const hasMetMany =
      session.tenants.size >= this.#limits.maxTenants && now >= session.openedAt + this.#limits.minAgeMs;
    session.isSpent ||= !isUsable || hasMetMany;
    Object.assign(session, { state: "idle", user: null, since: now });
  }

  /** The server has cut an idle one. */
  broken(id: number): void {
    const session = this.#sessions.get(id);
    if (session !== undefined) session.isSpent = true;
  }

  /** Sessions that are open to these databases serve nobody any more, as after their server was demoted. */
  distrust(isConcerned: (target: string) => boolean): void {
    for (const session of this.#sessions.values()) session.isSpent ||= isConcerned(session.target);
  }

  closed(id: number): void {
    this.#session(id, "closing");
    this.#sessions.delete(id);
  }

  next(now: number): Decision | null {
    const refused = this.#refused.pop() ?? this.#expired(now);
    if (refused !== null) {
      this.#refusals += 1;
      return { kind: "refuse", waiting: refused };
    }
    const taken = this.#isFull() ? null : this.#queue.take((waiting) => this.#choose(waiting, now));
    if (taken !== null) return this.#use(taken.waiting, taken.choice, now);
    const superfluous = this.#superfluous(now);
    if (superfluous === null) return null;
    superfluous.state = "closing";
    if (!this.#isUsable(superfluous, now)) this.#retired += 1;
    return { kind: "close", session: superfluous.id };
  }

  /** When `next` may have something to say although nothing happened; Infinity: never. */
  nextLookAt(now: number): number {
    let at = this.#queue.notBefore;
    if (this.#queue.length > 0) at = Math.min(at, now + this.#limits.affinityMs);
    for (const session of this.#sessions.values()) {
      if (session.state !== "idle") continue;
      at = Math.min(at, session.since + this.#limits.idleMs, session.openedAt + this.#limits.maxAgeMs);
    }
    return at;
  }

  gauges(): PoolGauges {
    const idle = [...this.#sessions.values()].filter(({ state }) => state === "idle").length;
    return {
      used: this.#sessions.size - idle,
      idle,
      queued: this.#queue.length,
      connects: this.#connects,
      evicted: this.#evicted,
      retired: this.#retired,
      refused: this.#refusals,
    };
  }

  /** Nothing is idle and nothing more may be opened: nobody can be served, whoever waits. */
  #isFull(): boolean {
    if (this.#sessions.size < this.#limits.budget) return false;
    for (const session of this.#sessions.values()) if (session.state === "idle") return false;
    return true;
  }

  #expired(now: number): Waiting | null {
    if (this.#queue.notBefore > now) return null;
    const expired = this.#queue.expired(now);
    for (const waiting of expired) this.#queue.remove(waiting);
    this.#refused.push(...expired);
    return this.#refused.pop() ?? null;
  }

  #choose(waiting: Waiting, now: number): Choice | null {
    if ((this.#inFlight.get(waiting.tenant) ?? 0) >= this.#perTenant) return null;
    if (waiting.isBackground && this.#backgroundInFlight >= this.#background) return null;
    const usable = this.#best(
      (session) => session.target === waiting.target && this.#isUsable(session, now),
      (session, than) => isBetter(session, than, waiting.tenant),
    );
    if (usable !== null) return { kind: "give", session: usable };
    if (this.#sessions.size < this.#limits.budget) return { kind: "open", insteadOf: null };
    const insteadOf = this.#best(
      (session) => this.#isReplaceable(session, waiting, now),
      (session, than) => this.#rank(session, now) < this.#rank(than, now),
    );
    return insteadOf === null ? null : { kind: "open", insteadOf };
  }

  #best(
    isIn: (session: Session) => boolean,
    isBetter: (session: Session, than: Session) => boolean,
  ): Session | null {
    let best: Session | null = null;
    for (const session of this.#sessions.values()) {
      if (session.state === "idle" && isIn(session) && (best === null || isBetter(session, best)))
        best = session;
    }
    return best;
  }

  /** First what is of no use, then one of several to the same database, then what was not used for longest. */
  #rank(session: Session, now: number): number {
    if (!this.#isUsable(session, now)) return -Infinity;
    return this.#isOneOfSeveral(session) ? session.since - 1e12 : session.since;
  }

  #isOneOfSeveral({ id, target }: Session): boolean {
    for (const other of this.#sessions.values()) if (other.target === target && other.id !== id) return true;
    return false;
  }

  /** One that has served its own database for a while. Who asks a database that has connections waits for those first: that is quicker than
   * to take the others' away in turn. */
  #isReplaceable(session: Session, { target, since }: Waiting, now: number): boolean {
    if (!this.#isUsable(session, now)) return true;
    const { affinityMs } = this.#limits;
    const isPatient = this.#isServed(target) && now < since + PATIENCE * affinityMs;
    return !isPatient && now >= session.openedAt + affinityMs;
  }

  #isServed(target: string): boolean {
    for (const session of this.#sessions.values()) {
      if (session.target === target && session.state === "busy") return true;
    }
    return false;
  }

  #use(waiting: Waiting, choice: Choice, now: number): Decision {
    this.#count(waiting, 1);
    if (choice.kind === "give") {
      const { session } = choice;
      session.tenants.add(waiting.tenant);
      Object.assign(session, { state: "busy", user: waiting, since: now });
      return { kind: "give", waiting, session: session.id };
    }
    const { insteadOf } = choice;
    if (insteadOf !== null) {
      this.#sessions.delete(insteadOf.id);
      if (this.#isUsable(insteadOf, now)) this.#evicted += 1;
      else this.#retired += 1;
    }
    this.#lastId += 1;
    const tenants = new Set([waiting.tenant]);
    const opening = {
      target: waiting.target,
      tenants,
      openedAt: now,
      isSpent: false,
      user: waiting,
      since: now,
    };
    this.#sessions.set(this.#lastId, { id: this.#lastId, state: "busy", ...opening });
    return { kind: "open", waiting, session: this.#lastId, insteadOf: insteadOf?.id ?? null };
  }

  /** One that serves nobody any more: spent, too old, or idle for too long. */
  #superfluous(now: number): Session | null {
    for (const session of this.#sessions.values()) {
      if (session.state !== "idle") continue;
      if (!this.#isUsable(session, now) || now >= session.since + this.#limits.idleMs) return session;
    }
    return null;
  }

  #isUsable(session: Session, now: number): boolean {
    return !session.isSpent && now < session.openedAt + this.#limits.maxAgeMs;
  }

  #count(waiting: Waiting, by: 1 | -1): void {
    const inFlight = (this.#inFlight.get(waiting.tenant) ?? 0) + by;
    if (inFlight === 0) this.#inFlight.delete(waiting.tenant);
    else this.#inFlight.set(waiting.tenant, inFlight);
    if (waiting.isBackground) this.#backgroundInFlight += by;
  }

  #session(id: number, state: Session["state"]): Session {
    const session = this.#sessions.get(id);
    assert(session !== undefined && session.state === state, `session ${id} is ${state}`);
    return session;
  }
}

/** One that has met the tenant, then the one that has met fewest. */
function isBetter(session: Session, than: Session, tenant: string): boolean {
  const [knows, other] = [session.tenants.has(tenant), than.tenants.has(tenant)];
  return knows === other ? session.tenants.size < than.tenants.size : knows;
}
