import type { Committed, Rows, TableName } from "./rows.ts";

/** Somebody else holds what a statement needs: it begins again when that one has ended. */
export class Blocked extends Error {}

type LockMode = "share" | "exclusive";

/** Who holds which row. */
export class LockTable {
  readonly #holders = new Map<string, Map<Transaction, LockMode>>();

  /** @returns false where somebody else is in the way */
  take(key: string, who: Transaction, mode: LockMode): boolean {
    const holders = this.#holders.get(key) ?? new Map<Transaction, LockMode>();
    for (const [other, held] of holders) {
      if (other !== who && (mode === "exclusive" || held === "exclusive")) return false;
    }
    if (holders.get(who) !== "exclusive") holders.set(who, mode);
    this.#holders.set(key, holders);
    return true;
  }

  releaseAll(who: Transaction): void {
    for (const [key, holders] of this.#holders) {
      holders.delete(who);
      if (holders.size === 0) this.#holders.delete(key);
    }
  }
}

/** One transaction: what it has written is its own until it commits; a row that it writes is locked until it ends. Statements
 * see what is committed when they begin, or, in a repeatable read, what was when the first one began. */
export class Transaction {
  readonly #committed: () => Committed;
  readonly #locks: LockTable;
  readonly #written = new Map<TableName, Map<string, unknown>>();
  readonly #undo: (() => void)[] = [];
  readonly notifies = new Set<string>();
  isAborted = false;

  /** @param committed what its next statement sees */
  constructor(committed: () => Committed, locks: LockTable) {
    this.#committed = committed;
    this.#locks = locks;
  }

  get<T extends TableName>(table: T, key: string): Rows[T] | undefined {
    const own = this.#written.get(table);
    const row = own?.has(key) === true ? own.get(key) : this.#committed().get(table)?.get(key);
    return row as Rows[T] | undefined; // as: `put` is the only way in
  }

  all<T extends TableName>(table: T): readonly (readonly [string, Rows[T]])[] {
    const rows = new Map(this.#committed().get(table));
    for (const [key, row] of this.#written.get(table) ?? []) {
      if (row === undefined) rows.delete(key);
      else rows.set(key, row);
    }
    return [...rows] as readonly (readonly [string, Rows[T]])[]; // as: `put` is the only way in
  }

  put<T extends TableName>(table: T, key: string, row: Rows[T]): void {
    this.#write(table, key, row);
  }

  remove(table: TableName, key: string): void {
    this.#write(table, key, undefined);
  }

  /** @throws Blocked */
  lock(table: TableName | "advisory", key: string, mode: LockMode): void {
    if (!this.tryLock(table, key, mode)) throw new Blocked(`${table}/${key}`);
  }

  tryLock(table: TableName | "advisory", key: string, mode: LockMode): boolean {
    return this.#locks.take(`${table}/${key}`, this, mode);
  }

  /** A statement begins: what follows can be taken back. */
  mark(): void {
    this.#undo.length = 0;
  }

  takeBack(): void {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
  }

  /** @returns what is committed with it */
  appliedTo(committed: Committed): Committed {
    if (this.#written.size === 0) return committed;
    const next = new Map(committed);
    for (const [table, written] of this.#written) {
      const rows = new Map(next.get(table));
      for (const [key, row] of written) {
        if (row === undefined) rows.delete(key);
        else rows.set(key, row);
      }
      next.set(table, rows);
    }
    return next;
  }

  end(): void {
    this.#locks.releaseAll(this);
  }

  #write(table: TableName, key: string, row: unknown): void {
    this.lock(table, key, "exclusive");
    const written = this.#written.get(table) ?? new Map<string, unknown>();
    this.#written.set(table, written);
    const [wasWritten, before] = [written.has(key), written.get(key)];
    this.#undo.push(() => {
      if (wasWritten) written.set(key, before);
      else written.delete(key);
    });
    written.set(key, row);
  }
}
