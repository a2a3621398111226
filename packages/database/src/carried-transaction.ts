import type { QueryResult } from "pg";
import type { Allowance } from "./allowed-statement.ts";
import type { Connection } from "./connection.ts";
import { type Failure, failureOf, isOutcomeUnknown, messageOf } from "./failure.ts";
import { insideTransaction } from "./inside-transaction.ts";
import { CommitUnknown, DatabaseAway, TenantUnknown } from "./module-database.ts";
import { type Carrier, OpenTransaction } from "./open-transaction.ts";
import { type Preamble, preambleText } from "./preamble.ts";
import type { Statement } from "./statement.ts";

/** A connection for one transaction. */
export interface Lease {
  readonly connection: Connection;
  giveBack(fate: "keep" | "close"): void;
}

export interface TransactionPlan {
  /** Null at home and where a schema is changed. */
  readonly tenantId: string | null;
  readonly preamble: Preamble;
  readonly allowance: Allowance;
  readonly signal: AbortSignal | null;
  readonly takesFromBudget: boolean;
  take(): Promise<Lease>;
  /** Of the tables that its statements name. */
  edition(): number;
  /** A prepared statement no longer fits: the edition is another from now on. */
  endEdition(): void;
  /** The server was cut off, or takes no writes: what else is connected to it is not to be used. */
  lostServer(): void;
}

/** Runs one transaction: a connection, preamble, `work`, commit, and the connection given back whatever happens. */
export async function runTransaction<T>(
  plan: TransactionPlan,
  work: (tx: OpenTransaction) => Promise<T>,
): Promise<T> {
  const carried = new CarriedTransaction(plan, await plan.take());
  const transaction = new OpenTransaction(plan.tenantId, carried, plan.allowance);
  let calls: readonly (() => void)[] = [];
  let value: T;
  try {
    value = await insideTransaction(plan.takesFromBudget, () => work(transaction));
    calls = transaction.finish();
  } catch (error) {
    transaction.abandon();
    await carried.rollBack();
    throw error;
  }
  await carried.commit();
  for (const call of calls) call();
  return value;
}

class CarriedTransaction implements Carrier {
  readonly #plan: TransactionPlan;
  #lease: Lease;
  /** Null until something is asked: the preamble and the first statement leave together, so that the server wakes up once for both. */
  #begun: Promise<unknown> | null = null;
  #isRestarted = false;
  /** A connection that was interrupted is not used again: what was meant for this transaction could hit the next. */
  #mustClose = false;

  constructor(plan: TransactionPlan, lease: Lease) {
    this.#plan = plan;
    this.#lease = lease;
  }

  #opened(): Promise<unknown> {
    return (this.#begun ??= this.#begin());
  }

  #begin(): Promise<unknown> {
    const begun = this.#lease.connection.send(preambleText(this.#plan.preamble));
    begun.catch(() => null); // told with the first statement, or with the commit
    return begun;
  }

  send(text: string): Promise<unknown> {
    void this.#opened();
    return this.#lease.connection.send(text);
  }

  async query(
    batch: readonly Statement[],
    isPrepared: boolean,
    mayRestart: () => boolean,
  ): Promise<QueryResult<Record<string, unknown>>> {
    try {
      return await this.#send(batch, isPrepared);
    } catch (error) {
      const failure = failureOf(error);
      const isOver = failure === "refused" || this.#isRestarted || !mayRestart();
      if (isOver || this.#plan.signal?.aborted === true) throw await this.#told(error);
      this.#isRestarted = true;
      await this.#restart(failure);
      return this.#send(batch, isPrepared).catch(async (again: unknown) => {
        throw await this.#told(again);
      });
    }
  }

  async #send(
    batch: readonly Statement[],
    isPrepared: boolean,
  ): Promise<QueryResult<Record<string, unknown>>> {
    const { connection } = this.#lease;
    const stop = this.#stopAtAbort();
    try {
      const edition = isPrepared ? this.#plan.edition() : null;
      void this.#opened();
      const answers = batch.map((statement) => connection.query(statement, edition));
      const [first, ...others] = await Promise.all(answers);
      const last = others.at(-1) ?? first;
      if (last === undefined) throw new Error("a batch has a statement");
      return last;
    } finally {
      stop();
    }
  }

  /** @returns what ends the watch */
  #stopAtAbort(): () => void {
    const { signal } = this.#plan;
    if (signal === null) return () => undefined;
    signal.throwIfAborted();
    const interrupt = (): void => {
      this.#mustClose = true;
      this.#lease.connection.interrupt();
    };
    signal.addEventListener("abort", interrupt, { once: true });
    return () => signal.removeEventListener("abort", interrupt);
  }

  async #restart(failure: Exclude<Failure, "refused">): Promise<void> {
    if (failure === "away") {
      this.#plan.lostServer();
      this.#lease.giveBack("close");
      this.#lease = await this.#plan.take();
    } else {
      if (failure === "stale-plan") this.#plan.endEdition();
      else this.#lease.connection.stopPreparing();
      await this.#lease.connection.send("ROLLBACK");
    }
    this.#begun = null;
  }

  /** The error in the words of the contract. */
  async #told(error: unknown): Promise<unknown> {
    const { signal } = this.#plan;
    if (signal?.aborted === true) return signal.reason;
    const opening = await failureWithin(this.#opened());
    if (opening !== null && failureOf(opening.cause) === "refused") {
      return new TenantUnknown(
        `the module is not there for this tenant: ${messageOf(opening.cause)}`,
        opening,
      );
    }
    const { cause } = opening ?? { cause: error };
    const isAway =
      failureOf(cause) === "away" && !(this.#plan.preamble.isReadOnly && isReadOnlyRefusal(cause));
    return isAway ? new DatabaseAway(`the database is away: ${messageOf(cause)}`, { cause }) : error;
  }

  async commit(): Promise<void> {
    const { connection } = this.#lease;
    try {
      await this.#opened();
    } catch (error) {
      await this.rollBack();
      throw await this.#told(error);
    }
    try {
      await connection.send("COMMIT");
      this.#end();
    } catch (error) {
      await this.#failedToCommit(error);
    }
  }

  async #failedToCommit(error: unknown): Promise<void> {
    if (!isOutcomeUnknown(error)) {
      this.#end(); // a constraint that is checked at the end; the transaction is over all the same
      throw await this.#told(error);
    }
    this.#lease.giveBack("close");
    if (this.#plan.preamble.isReadOnly) return; // everything was read, and nothing written
    throw new CommitUnknown(`the connection was cut while a commit was under way: ${messageOf(error)}`, {
      cause: error,
    });
  }

  async rollBack(): Promise<void> {
    const { connection } = this.#lease;
    if (this.#begun === null) return this.#end();
    if (this.#mustClose || connection.isBroken) return this.#lease.giveBack("close");
    await connection.send("ROLLBACK").then(
      () => this.#end(),
      () => this.#lease.giveBack("close"),
    );
  }

  #end(): void {
    this.#lease.giveBack(this.#mustClose ? "close" : "keep");
  }
}

/** @returns what it rejected with, null where it did not */
async function failureWithin(promise: Promise<unknown>): Promise<{ readonly cause: unknown } | null> {
  try {
    await promise;
    return null;
  } catch (cause) {
    return { cause };
  }
}

function isReadOnlyRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "25006";
}
