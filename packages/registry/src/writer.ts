import { randomUUID } from "node:crypto";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { assert, err, ok, type Result } from "@octavo/result";
import type { Pool, PoolClient } from "pg";
import { writeAudit } from "./audit.ts";
import { buildNext, type Next } from "./build-next.ts";
import type { Follower } from "./follower.ts";
import { findKeptAnswer, keepAnswer } from "./kept-answer.ts";
import type { OpCodec } from "./logged-change.ts";
import { pause } from "./pause.ts";
import type { ProcessTime } from "./process-time.ts";
import { beyondProtocol, outsideProtocol, type Protocol } from "./protocol.ts";
import type { Clock, Committed, Decision, WriteError, WriteIntent } from "./registry.ts";
import type { RegistryEvent } from "./registry-event.ts";
import type { RewindWatch } from "./rewind/rewind-watch.ts";
import { runTransaction, type Ending, type TransactionFailure } from "./run-transaction.ts";
import { settleOutcome } from "./settle-outcome.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SnapshotHolder } from "./snapshot-holder.ts";
import { changeChannel } from "./wake-ups.ts";
import { writeRows } from "./write-rows.ts";
import { WriteTurns } from "./write-turns.ts";

/** After so many attempts the counter's row is taken first: nobody can be faster then. */
const optimisticAttempts = 5;
const mostAttempts = 50;

type Decide<E> = (snapshot: Snapshot) => Result<Decision, E>;

/** One attempt ends the write or says why there must be another.
 * - behind: the database has moved since the last look
 * - lost: another writer committed this revision first */
type Attempt<E> =
  | { readonly kind: "ended"; readonly result: Result<Committed, E | WriteError> }
  | { readonly kind: "behind" | "lost" };

/** What a write is decided on. */
interface Base {
  readonly base: Snapshot;
  readonly activeProtocol: number;
}

/** What an attempt has sent when its commit is cut off: enough to find out what became of it. */
interface Sent {
  readonly writeId: string;
  readonly base: Snapshot;
  readonly next: Next | null;
  readonly answer: string;
}

/** Revision n+1 is decided, built and checked on n, and committed only where the counter is still n: what was checked is
 * what is committed, and numbers are in the order of commits (docs/decisions: optimistic counter). */
export class Writer {
  readonly #parts: WriterParts;
  readonly #turns: WriteTurns;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#turns = new WriteTurns(parts.time);
  }

  write<E>(intent: WriteIntent, decide: Decide<E>): Promise<Result<Committed, E | WriteError>> {
    return this.#turns.take<Result<Committed, E | WriteError>>(
      () => this.#write(intent, decide),
      (outcome) => !outcome.ok && isAway(outcome.error),
      (cause) => err(unavailable(cause)),
    );
  }

  async #write<E>(intent: WriteIntent, decide: Decide<E>): Promise<Result<Committed, E | WriteError>> {
    const { time } = this.#parts;
    let lost = 0;
    for (let attempts = 0; attempts < mostAttempts; attempts += 1) {
      // By attempts, not by losses: one that others always overtake between its look and its try loses no race, it never
      // comes to run one.
      const attempt = await this.#attempt(intent, decide, attempts >= optimisticAttempts);
      if (attempt.kind === "ended") return attempt.result;
      this.#parts.log({ kind: "write-repeated", action: intent.action, because: attempt.kind });
      if (attempt.kind === "lost") {
        // Short at first: the winner has committed, only its next write can be in the way.
        await pause(time, time.random() * 2 ** Math.min(lost, optimisticAttempts));
        lost += 1;
      }
      const caughtUp = await this.#parts.follower.catchUp();
      if (!caughtUp.ok) return err(unavailable(caughtUp.error));
    }
    return err(
      unavailable(`${mostAttempts} attempts met a database that had moved on: others write without pause`),
    );
  }

  async #attempt<E>(intent: WriteIntent, decide: Decide<E>, isRowFirst: boolean): Promise<Attempt<E>> {
    const { pool } = this.#parts;
    let sent: Sent | null = null;
    const protocol = "(select value from octavo.meta where name = 'active_protocol') as protocol";
    const select = `select counter, history, hash, ${protocol} from octavo.revision${isRowFirst ? " for update" : ""}`;
    const statements = { begin: "begin", commit: `notify ${changeChannel}; commit` };
    const ran = await runTransaction<Attempt<E>>(pool, statements, async (client) => {
      const found = await this.#baseOf(client, select, isRowFirst);
      if (found === null) return rollback({ kind: "behind" });
      const { base, activeProtocol } = found;
      const kept = await findKeptAnswer(client, intent);
      if (kept !== null) return rollback({ kind: "ended", result: this.#replay(intent, kept) });
      const decided = decide(base);
      if (!decided.ok) return rollback({ kind: "ended", result: decided });
      const early = beyondProtocol(activeProtocol, decided.value.changes, this.#parts.protocol);
      if (early !== null)
        return rollback({ kind: "ended", result: err({ kind: "not-finalized", cause: early }) });
      const built = this.#build(base, decided.value, intent);
      if (!built.ok) return rollback({ kind: "ended", result: built });
      sent = built.value;
      const isFirst = await this.#put(client, intent, decided.value, built.value);
      if (!isFirst) return rollback({ kind: "lost" });
      return { commits: true, value: { kind: "ended", result: ok(committed(built.value)) } };
    });
    if (!ran.ok) return this.#failed(intent, ran.error, sent, isRowFirst);
    if (sent !== null && ran.value.kind === "ended" && ran.value.result.ok) this.#adopt(sent);
    return ran.value;
  }

  /** @returns the snapshot to decide on: that of the newest revision, or null where this instance is behind it */
  async #baseOf(client: PoolClient, select: string, isRowFirst: boolean): Promise<Base | null> {
    const { holder, follower } = this.#parts;
    const { rows } = await client.query<{ counter: string; history: string; hash: string; protocol: string }>(
      select,
    );
    const activeProtocol = Number(rows[0]?.protocol);
    // The follower says why.
    if (outsideProtocol(activeProtocol, this.#parts.protocol) !== null) return null;
    // The hash too: after a rewind the same number may be another change, before anybody has noticed.
    const isNewest = ({ revision, history, hash }: Snapshot): boolean =>
      revision === Number(rows[0]?.counter) && history === rows[0]?.history && hash === rows[0].hash;
    if (isNewest(holder.current)) return { base: holder.current, activeProtocol };
    if (!isRowFirst) return null;
    // The row is ours: nobody can move on while we look, on another connection.
    await follower.catchUp();
    return isNewest(holder.current) ? { base: holder.current, activeProtocol } : null;
  }

  #build(base: Snapshot, decision: Decision, intent: WriteIntent): Result<Sent, WriteError> {
    const writeId = randomUUID();
    const { answer, changes } = decision;
    if (changes.length === 0) return ok({ writeId, base, next: null, answer });
    const next = buildNext(base, changes, intent, writeId, this.#parts.internal, this.#parts.codec);
    if (next.ok) return ok({ writeId, base, next: next.value, answer });
    const { action, target } = intent;
    this.#parts.log({ kind: "poison-refused", action, target, cause: next.error });
    return err({ kind: "poison", cause: next.error });
  }

  /** Writes everything, the counter last: its row is held from here to the commit only.
   * @returns false where another writer was first */
  async #put(
    client: PoolClient,
    intent: WriteIntent,
    decision: Decision,
    { writeId, base, next }: Sent,
  ): Promise<boolean> {
    const revision = next === null ? base.revision : next.snapshot.revision;
    if (!(await keepAnswer(client, intent, decision.answer, revision))) return false;
    if (next !== null)
      await writeRows(client, base, next.snapshot, decision.changes, this.#parts.codec.stored);
    await decision.alsoWrite?.(client, revision);
    await writeAudit(client, writeId, intent, next === null ? null : revision);
    return next === null || appendChange(client, base, next, intent);
  }

  #replay<E>(
    intent: WriteIntent,
    kept: { readonly answer: string; readonly revision: number; readonly isOfOtherCall: boolean },
  ): Result<Committed, E | WriteError> {
    if (kept.isOfOtherCall) return err({ kind: "idempotency-mismatch", key: intent.idempotency?.key ?? "" });
    return ok({
      revision: kept.revision,
      snapshot: this.#parts.holder.current,
      answer: kept.answer,
      isReplay: true,
    });
  }

  async #failed<E>(
    intent: WriteIntent,
    failure: TransactionFailure,
    sent: Sent | null,
    isRowFirst: boolean,
  ): Promise<Attempt<E>> {
    if (failure.failure === "duplicate-key") {
      assert(
        !isRowFirst,
        `with the counter's row taken no other writer adds the same key (${failure.cause})`,
      );
      return { kind: "lost" };
    }
    if (failure.failure === "lost-race") return { kind: "lost" };
    const isFull = failure.failure === "full";
    if (failure.outcome === "not-written" || sent === null)
      return ended(unavailable(failure.cause, "not-written", isFull));
    const outcome = await settleOutcome(this.#parts.pool, sent.writeId, this.#parts.time);
    this.#parts.log({ kind: "outcome-settled", action: intent.action, outcome });
    if (outcome !== "written") return ended(unavailable(failure.cause, outcome));
    this.#adopt(sent);
    return { kind: "ended", result: ok(committed(sent)) };
  }

  /** The follower may have been faster, by the notification of this very commit. */
  #adopt({ base, next }: Sent): void {
    if (next === null) return;
    const { holder, rewinds, clock } = this.#parts;
    if (!holder.replace(base, next.snapshot)) return;
    const at = new Date(clock.now()).toISOString();
    rewinds.recent.add([{ ...next.change, at, previousHash: base.hash, hash: next.snapshot.hash }]);
  }
}

/** Never waits for the counter's row: whoever holds it is about to commit, so this revision is lost already; and one that
 * took the row first may be waiting for a row of ours.
 * @returns false where the counter is, or is about to be, no longer that of `base` */
async function appendChange(
  client: PoolClient,
  base: Snapshot,
  next: Next,
  intent: WriteIntent,
): Promise<boolean> {
  const { snapshot, change } = next;
  const { rowCount } = await client.query(
    `with counted as (
       update octavo.revision set counter = $1, hash = $2
       where is_only_row in (
         select is_only_row from octavo.revision where counter = $3 and history = $4 and hash = $13
         for update skip locked)
       returning counter
     )
     insert into octavo.change (revision, write_id, actor, action, target, request_id, idempotency_key, ops,
       must_understand, previous_hash, hash)
     select counter, $5, $6, $7, $8, $9, $10, $11, $12, $13, $2 from counted`,
    [
      snapshot.revision,
      snapshot.hash,
      base.revision,
      base.history,
      change.writeId,
      change.actor,
      change.action,
      change.target,
      intent.requestId,
      intent.idempotency?.key ?? null,
      JSON.stringify(change.ops),
      change.mustUnderstand,
      base.hash,
    ],
  );
  return rowCount === 1;
}

function committed({ base, next, answer }: Sent): Committed {
  const snapshot = next?.snapshot ?? base;
  return { revision: snapshot.revision, snapshot, answer, isReplay: false };
}

function rollback<E>(value: Attempt<E>): Ending<Attempt<E>> {
  return { commits: false, value };
}

function ended<E>(error: WriteError): Attempt<E> {
  return { kind: "ended", result: err(error) };
}

export function unavailable(
  cause: string,
  outcome: "not-written" | "unknown" = "not-written",
  isFull = false,
): WriteError {
  // Room comes from somebody who makes it.
  const retryAfterSeconds = outcome === "unknown" ? 5 : isFull ? 30 : 1;
  return { kind: "unavailable", outcome, retryAfterSeconds, cause, isFull };
}

function isAway(error: unknown): boolean {
  // Errors of a decision are the caller's; only our own have an outcome beside this kind. A full one refuses at once, and whoever waits may ask itself.
  return (
    typeof error === "object" &&
    error !== null &&
    "outcome" in error &&
    "kind" in error &&
    error.kind === "unavailable" &&
    !("isFull" in error && error.isFull === true)
  );
}

export interface WriterParts {
  readonly pool: Pool;
  readonly time: ProcessTime;
  readonly holder: SnapshotHolder;
  readonly follower: Follower;
  readonly internal: ModuleDescriptor;
  readonly codec: OpCodec;
  readonly protocol: Protocol;
  readonly rewinds: RewindWatch;
  readonly clock: Clock;
  readonly log: (event: RegistryEvent) => void;
}
