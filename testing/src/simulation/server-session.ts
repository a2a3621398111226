import type { DatabaseError } from "pg";
import { serverError } from "./server-error.ts";
import type { Committed } from "./rows.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Answer, nothing, type ServerFacts, type Statement, Values } from "./statement.ts";
import { Blocked, type LockTable, Transaction } from "./transaction.ts";

/** As the registry sets them for its connections. */
const STATEMENT_MS = 5000;
const IDLE_IN_TRANSACTION_MS = 5000;

export type Reply = (outcome: { readonly answer: Answer } | { readonly error: Error }) => void;

/** What a session says without being asked. */
export interface SessionClient {
  notified(channel: string, processId: number): void;
  closed(error: DatabaseError): void;
}

/** What a session needs of its server. */
export interface SessionHost {
  readonly scheduler: Scheduler;
  readonly locks: LockTable;
  readonly committed: Committed;
  readonly facts: ServerFacts;
  statementOf(text: string): Statement;
  commit(transaction: Transaction): void;
  ended(transaction: Transaction): void;
  open(session: ServerSession): void;
  closed(session: ServerSession): void;
}

/** The server's side of one connection. */
export class ServerSession {
  readonly processId: number;
  readonly #server: SessionHost;
  readonly #client: SessionClient;
  readonly #listens = new Set<string>();
  #transaction: Transaction | null = null;
  #waiting: { readonly again: () => void } | null = null;
  /** Since when the statement that runs waits for a row. */
  #blockedAtMs: number | null = null;
  #statements = 0;
  #isClosed = false;

  constructor(server: SessionHost, processId: number, client: SessionClient) {
    this.#server = server;
    this.processId = processId;
    this.#client = client;
    server.open(this);
  }

  /** Runs a text of one or more statements. */
  run(text: string, values: readonly unknown[], reply: Reply): void {
    if (this.#isClosed) return;
    this.#statements += 1;
    this.#blockedAtMs = null;
    const texts = values.length === 0 && !/^\s*(create|alter)/.test(text) ? text.split(";") : [text];
    this.#runAll(
      texts.map((each) => each.trim()).filter((each) => each !== ""),
      values,
      reply,
      nothing,
    );
  }

  tryAgain(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.again();
  }

  notified(channel: string, by: Transaction): void {
    if (this.#listens.has(channel)) this.#client.notified(channel, ownerOf.get(by)?.processId ?? 0);
  }

  /** What was open is rolled back. */
  close(because: string | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = null;
    this.#server.closed(this);
    this.#rollback();
    if (because !== null) this.#client.closed(serverError(because, "57P01", "FATAL"));
  }

  #runAll(texts: readonly string[], values: readonly unknown[], reply: Reply, last: Answer): void {
    const [text, ...rest] = texts;
    if (text === undefined) {
      this.#watchIdle();
      reply({ answer: last });
      return;
    }
    this.#runOne(text, values, (outcome) => {
      if ("answer" in outcome) this.#runAll(rest, values, reply, outcome.answer);
      else {
        this.#watchIdle();
        reply(outcome);
      }
    });
  }

  #runOne(text: string, values: readonly unknown[], reply: Reply): void {
    const control = this.#control(text);
    if (control !== null) {
      reply(control);
      return;
    }
    const isOwn = this.#transaction === null;
    const transaction = this.#transaction ?? this.#begin(false);
    if (transaction.isAborted) {
      reply({ error: serverError("current transaction is aborted", "25P02", "ERROR") });
      return;
    }
    transaction.mark();
    try {
      const answer = this.#server.statementOf(text)(transaction, new Values(values), this.#server.facts);
      if (isOwn) this.#commit();
      reply({ answer });
    } catch (error) {
      transaction.takeBack();
      if (error instanceof Blocked)
        this.#wait(() => this.#runOne(text, values, reply), transaction, reply, isOwn);
      else this.#fail(error, transaction, reply, isOwn);
    }
  }

  /** @returns null where the text is no statement that rules transactions or notifications */
  #control(text: string): { readonly answer: Answer } | null {
    const [verb, object] = text.split(" ");
    switch (verb) {
      case "begin":
        this.#transaction = this.#begin(text.includes("repeatable read"));
        break;
      case "commit":
        if (this.#transaction?.isAborted === true) this.#rollback();
        else this.#commit();
        break;
      case "rollback":
        this.#rollback();
        break;
      case "set":
        break;
      case "listen":
        this.#listens.add(object ?? "");
        break;
      case "notify": {
        const isOwn = this.#transaction === null;
        const transaction = this.#transaction ?? this.#begin(false);
        transaction.notifies.add(object ?? "");
        if (isOwn) this.#commit();
        break;
      }
      default:
        return null;
    }
    return { answer: nothing };
  }

  #begin(isRepeatable: boolean): Transaction {
    // A repeatable read sees what was there at its first statement, which follows at once.
    const { committed } = this.#server;
    const transaction = new Transaction(
      isRepeatable ? () => committed : () => this.#server.committed,
      this.#server.locks,
    );
    ownerOf.set(transaction, this);
    this.#transaction = transaction;
    return transaction;
  }

  #commit(): void {
    const transaction = this.#transaction;
    this.#transaction = null;
    if (transaction !== null) this.#server.commit(transaction);
  }

  #rollback(): void {
    const transaction = this.#transaction;
    this.#transaction = null;
    if (transaction !== null) this.#server.ended(transaction);
  }

  #wait(again: () => void, transaction: Transaction, reply: Reply, isOwn: boolean): void {
    if (isOwn) {
      transaction.end();
      this.#transaction = null;
    }
    const { scheduler } = this.#server;
    this.#blockedAtMs ??= scheduler.nowMs;
    const waiting = { again };
    this.#waiting = waiting;
    scheduler.after(this.#blockedAtMs + STATEMENT_MS - scheduler.nowMs, () => {
      if (this.#waiting !== waiting) return;
      this.#waiting = null;
      const error = serverError("canceling statement due to statement timeout", "57014", "ERROR");
      this.#fail(error, transaction, reply, isOwn);
    });
  }

  #fail(error: unknown, transaction: Transaction, reply: Reply, isOwn: boolean): void {
    if (isOwn) this.#rollback();
    else transaction.isAborted = true;
    reply({ error: error instanceof Error ? error : new Error(String(error)) });
  }

  /** Who leaves a transaction open and says nothing is thrown out. */
  #watchIdle(): void {
    if (this.#transaction === null) return;
    const count = this.#statements;
    this.#server.scheduler.after(IDLE_IN_TRANSACTION_MS, () => {
      if (this.#statements === count && this.#transaction !== null)
        this.close("terminating connection due to idle-in-transaction timeout");
    });
  }
}

/** Whose a transaction is: notifications tell. */
const ownerOf = new WeakMap<Transaction, ServerSession>();
