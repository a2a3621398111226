import type { QueryResult } from "pg";
import { type Allowance, refusalOf } from "./allowed-statement.ts";
import type { Statement } from "./statement.ts";
import type { Transaction } from "./transaction.ts";

type Rows = QueryResult<Record<string, unknown>>;

/** What carries the statements of one transaction. */
export interface Carrier {
  /** Statements sent together.
   * @param mayRestart whether nothing of the transaction was given out yet: then it may begin anew, on another connection if need be
   * @returns the last one's answer */
  query(batch: readonly Statement[], isPrepared: boolean, mayRestart: () => boolean): Promise<Rows>;
  /** Text of our own: savepoints. Its error shows at the statement behind it. */
  send(text: string): Promise<unknown>;
}

/** One transaction while `work` runs.
 *
 * open: statements are taken. failed: a statement outside of any attempt was refused, the server takes no more. ended: everything throws. */
export class OpenTransaction implements Transaction {
  readonly tenantId: string | null;
  readonly #carrier: Carrier;
  readonly #allowance: Allowance;
  #isEnded = false;
  /** Sent and not yet answered. */
  #underWay = 0;
  #sent = 0;
  #depth = 0;
  #cursors = 0;
  #failure: { readonly error: unknown } | null = null;
  #calls: (() => void)[] = [];

  constructor(tenantId: string | null, carrier: Carrier, allowance: Allowance) {
    this.tenantId = tenantId;
    this.#carrier = carrier;
    this.#allowance = allowance;
  }

  async rows<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    const { rows } = await this.#query(statement);
    return rows as unknown as readonly Row[]; // the caller says what its columns are
  }

  async row<Row extends object>(statement: Statement): Promise<Row | null> {
    const [row = null, ...others] = await this.rows<Row>(statement);
    if (others.length > 0) throw new Error(`one row was expected, ${others.length + 1} came`);
    return row;
  }

  async run(statement: Statement): Promise<number> {
    return (await this.#query(statement)).rowCount ?? 0;
  }

  /** A cursor of the server, not a portal of the protocol: its declaration and its first rows are asked for in one round trip. */
  async *stream<Row extends object>(statement: Statement, batchRows = 100): AsyncGenerator<Row> {
    this.#refuse(statement);
    this.#cursors += 1;
    const cursor = `octavo_cursor_${this.#cursors}`;
    const declare = {
      text: `DECLARE ${cursor} NO SCROLL CURSOR FOR ${statement.text}`,
      values: statement.values,
    };
    const fetch = { text: `FETCH FORWARD ${batchRows} FROM ${cursor}`, values: [] };
    let { rows } = await this.#send([declare, fetch], false);
    try {
      for (;;) {
        for (const row of rows) yield row as Row; // the caller says what its columns are
        if (rows.length < batchRows) return;
        ({ rows } = await this.#send([fetch], false));
      }
    } finally {
      if (!this.#isEnded && this.#failure === null)
        await this.#send([{ text: `CLOSE ${cursor}`, values: [] }], false);
    }
  }

  attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.#saved("", release, work);
  }

  /** Rolling back gives the timeout back that was before. */
  async within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T | null> {
    try {
      const limit = `; SET LOCAL statement_timeout TO ${Math.ceil(timeoutMs)}`;
      return await this.#saved(limit, undo, work);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === QUERY_CANCELED) return null;
      throw error;
    }
  }

  async #saved<T>(opening: string, ending: (depth: number) => string, work: () => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    this.#mustBeWhole();
    this.#depth += 1;
    const depth = this.#depth;
    const before = { underWay: this.#underWay, calls: this.#calls.length };
    this.#sent += 1;
    this.#carrier.send(`SAVEPOINT octavo_${depth}${opening}`).catch(() => null);
    const end = async (text: string): Promise<void> => {
      if (this.#depth !== depth)
        throw new Error("two attempts of one transaction overlap: await one before the next");
      this.#depth -= 1;
      await this.#carrier.send(text);
    };
    try {
      const value = await work();
      this.#mustBeWhole();
      if (this.#underWay > before.underWay) throw new Error(NOT_AWAITED);
      await end(ending(depth));
      return value;
    } catch (error) {
      this.#failure = await end(undo(depth)).then(
        () => null,
        () => ({ error }), // then nothing of it can be committed
      );
      this.#calls.length = before.calls;
      throw error;
    }
  }

  afterCommit(call: () => void): void {
    this.#mustBeOpen();
    this.#calls.push(call);
  }

  /** Ends it for `work`, which has resolved.
   * @returns what is to be called once it is committed
   * @throws what makes that it must not be committed */
  finish(): readonly (() => void)[] {
    const isAwaited = this.#underWay === 0;
    this.#isEnded = true;
    this.#mustBeWhole();
    if (!isAwaited) throw new Error(NOT_AWAITED);
    if (this.#depth > 0) throw new Error("an attempt was not awaited before its transaction ended");
    return this.#calls;
  }

  abandon(): void {
    this.#isEnded = true;
  }

  async #query(statement: Statement): Promise<Rows> {
    this.#refuse(statement);
    return this.#send([statement], true);
  }

  #refuse({ text }: Statement): void {
    const refusal = refusalOf(text, this.#allowance);
    if (refusal !== null) throw new Error(refusal);
  }

  #send(batch: readonly Statement[], isPrepared: boolean): Promise<Rows> {
    const answer = this.#answer(batch, isPrepared);
    answer.catch(() => null); // one that nobody awaits fails the transaction, not the process
    return answer;
  }

  async #answer(batch: readonly Statement[], isPrepared: boolean): Promise<Rows> {
    this.#mustBeOpen();
    this.#sent += 1;
    this.#underWay += 1;
    try {
      return await this.#carrier.query(batch, isPrepared, () => this.#sent === 1);
    } catch (error) {
      this.#failure ??= { error };
      throw this.#failure.error;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Where somebody swallowed an error of a statement, the server would roll back all the same and not call it an error. */
  #mustBeWhole(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #mustBeOpen(): void {
    if (this.#isEnded)
      throw new Error(
        "this transaction has ended: nothing can be asked of it after the function that it was given to",
      );
  }
}

const release = (depth: number): string => `RELEASE SAVEPOINT octavo_${depth}`;
const undo = (depth: number): string => `ROLLBACK TO SAVEPOINT octavo_${depth}; ${release(depth)}`;
/** SQLSTATE of a statement whose time was over. */
const QUERY_CANCELED = "57014";
const NOT_AWAITED =
  "a statement was not awaited before its transaction ended, which is rolled back: await each of them";
