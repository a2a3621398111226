/** What was done to a platform and what became of it, as clients saw it, and what was found afterwards. Times are
 * milliseconds of one monotonic clock. Data alone: `brokenClaims` judges it. */
export interface History {
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  readonly calls: readonly ModuleCall[];
  readonly looks: readonly Look[];
  readonly cuts: readonly Cut[];
  readonly found: Found;
}

/** What a client knows of its call:
 * - ok: it was carried out
 * - fail: it was not, and never will be
 * - unknown: nobody has said; a call that was begun and never ended is that, too */
export type Outcome = "ok" | "fail" | "unknown";

/** What every call has. */
export interface Attempted {
  /** Of this call alone; of a write its idempotency key as well. */
  readonly id: string;
  /** Which of the instances was asked. */
  readonly instance: string;
  readonly invokedAt: number;
  /** Infinity while nobody has answered. */
  readonly endedAt: number;
  readonly outcome: Outcome;
  /** What was said, for people. */
  readonly because: string;
}

/** Sets a register to the id of the call. */
export interface Write extends Attempted {
  readonly register: string;
  /** Instances that the answer named as not having it yet; null where it did not say that all others have it. */
  readonly missing: readonly string[] | null;
  /** Every definite answer to this call and to its repetitions under its key. */
  readonly answers: readonly string[];
}

export interface Read extends Attempted {
  readonly register: string;
  /** null: it was not set. */
  readonly value: string | null;
}

/** A call to a module, through the gateway. */
export interface ModuleCall extends Attempted {
  readonly isPost: boolean;
  /** Of the tenant that asked. */
  readonly canary: string;
  /** What the answer had; null where there was none. */
  readonly answeredCanary: string | null;
}

/** What an instance said that it had applied. One that was started again is another instance. */
export interface Look {
  readonly instance: string;
  readonly invokedAt: number;
  readonly endedAt: number;
  readonly line: string;
  readonly revision: number;
}

/** An instance had no contact with the database, and had not caught up before `to`. */
export interface Cut {
  readonly instance: string;
  readonly from: number;
  readonly to: number;
}

/** What there was when everything had ended. */
export interface Found {
  /** The revisions of a write's effects, by its id: one of each that took place once. */
  readonly effects: ReadonlyMap<string, readonly number[]>;
  /** What is wrong with the chain of changes; null where nothing is. */
  readonly chainFault: string | null;
  /** How often the modules got each POST, by the id in it. */
  readonly received: ReadonlyMap<string, number>;
}
