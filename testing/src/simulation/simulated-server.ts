import { jobStatements } from "./job-statements.ts";
import { ONLY, registryStatements } from "./registry-statements.ts";
import type { Committed, TableName } from "./rows.ts";
import type { Scheduler } from "./scheduler.ts";
import type { ServerSession, SessionHost } from "./server-session.ts";
import type { ServerFacts, Statement, Statements } from "./statement.ts";
import { LockTable, Transaction } from "./transaction.ts";

const REMEMBERED_COMMITS = 500;

/** A PostgreSQL as a gateway meets it: sessions, transactions with row locks, notifications, time limits; and what happens
 * to it: it stops, is replaced by a standby that lacks the last commits, its clock is set. It knows the statements of
 * the program by their text and fails where it does not know one. */
export class SimulatedServer implements SessionHost {
  readonly scheduler: Scheduler;
  readonly locks = new LockTable();
  readonly #statements: Statements;
  readonly #known = new Map<string, Statement>();
  readonly #sessions = new Set<ServerSession>();
  readonly #commits: { readonly atMs: number; readonly before: Committed }[] = [];
  #committed: Committed = new Map<TableName, ReadonlyMap<string, unknown>>();
  #clockMs = 1_700_000_000_000;
  #timeline = 1;
  #ids = 0;
  #processes = 0;
  #isUp = true;
  /** Hears of every commit: what was committed before, and is now. */
  onCommit: (before: Committed, after: Committed) => void = () => undefined;
  /** Share of notifications that nobody hears. */
  deafness = 0;

  /** @param planted statements that mean something else than they say: a mistake of the program's that must be found */
  constructor(scheduler: Scheduler, planted: Statements = {}) {
    this.scheduler = scheduler;
    this.#statements = { ...registryStatements, ...jobStatements, ...planted };
    this.change((transaction) => {
      transaction.put("meta", "active_protocol", { value: "1" });
      transaction.put("revision", ONLY, { counter: 0, history: this.newId(), hash: "0".repeat(64) });
      transaction.put("changeCut", ONLY, { revision: 0, hash: "0".repeat(64) });
      transaction.put("tenant", "supertenant", { id: "supertenant", name: "supertenant", description: null });
      transaction.put("tenantModule", "supertenant/okapi", { tenantId: "supertenant", module: "okapi" });
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get committed(): Committed {
    return this.#committed;
  }

  get facts(): ServerFacts {
    return {
      nowMs: this.#clockMs + this.scheduler.nowMs,
      server: `1/${this.#timeline}`,
      newId: () => this.newId(),
    };
  }

  nextProcessId(): number {
    this.#processes += 1;
    return this.#processes;
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, "0")}`;
  }

  /** For whoever judges: reads what is committed. */
  look(): Transaction {
    return new Transaction(() => this.#committed, new LockTable());
  }

  /** For who sets the stage. */
  change(work: (transaction: Transaction) => void): void {
    const transaction = new Transaction(() => this.#committed, this.locks);
    work(transaction);
    this.commit(transaction);
  }

  commit(transaction: Transaction): void {
    const before = this.#committed;
    this.#committed = transaction.appliedTo(before);
    if (this.#committed !== before) {
      this.#commits.push({ atMs: this.scheduler.nowMs, before });
      if (this.#commits.length > REMEMBERED_COMMITS) this.#commits.shift();
      this.onCommit(before, this.#committed);
    }
    this.ended(transaction);
    for (const channel of transaction.notifies) {
      for (const session of this.#sessions) {
        if (!this.scheduler.random.chance(this.deafness)) session.notified(channel, transaction);
      }
    }
  }

  /** A transaction is over: who waits for its locks tries again. */
  ended(transaction: Transaction): void {
    transaction.end();
    for (const session of this.#sessions) session.tryAgain();
  }

  open(session: ServerSession): void {
    this.#sessions.add(session);
  }

  closed(session: ServerSession): void {
    this.#sessions.delete(session);
  }

  statementOf(text: string): Statement {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const plain = text.replaceAll(/\s+/g, " ").trim();
    const names = Object.keys(this.#statements).filter((name) => plain.startsWith(name));
    const longest = names.sort((left, right) => right.length - left.length)[0];
    const found = longest === undefined ? undefined : this.#statements[longest];
    if (found === undefined) throw new Error(`the simulated server does not know: ${plain}`);
    this.#known.set(text, found);
    return found;
  }

  /** Every connection is cut; new ones are refused until `start`. */
  stop(): void {
    this.#isUp = false;
    for (const session of this.#sessions)
      session.close("terminating connection due to administrator command");
  }

  start(): void {
    this.#isUp = true;
  }

  /** Another server takes its place that has not got what was committed since; `stop` comes first.
   * @param lostMs how much of the end it lacks; 0: nothing */
  becomeStandby(lostMs: number): void {
    const since = this.scheduler.nowMs - lostMs;
    const lost = this.#commits.findIndex(({ atMs }) => atMs > since);
    if (lostMs > 0 && lost !== -1) {
      this.#committed = this.#commits[lost]?.before ?? this.#committed;
      this.#commits.length = lost;
    }
    this.#timeline += 1;
  }

  setClock(byMs: number): void {
    this.#clockMs += byMs;
  }
}
