import type { Document, DocumentCollection, Stored, Transaction } from "@octavo/module-kit";
import type { HridKind } from "../hrid/hrid-settings.ts";

/** What instances, holdings records and items have in common. */
export interface InventoryRecord extends Document {
  readonly hrid?: string;
  readonly administrativeNotes?: readonly string[];
  readonly notes?: readonly { readonly note?: string }[];
  readonly statisticalCodeIds?: readonly string[];
}

/** A record before and after it was written: null before it was created, and after it was deleted. */
export interface Change<T extends Document> {
  readonly old: Stored<T> | null;
  readonly new: Stored<T> | null;
}

/** What is known while a record is completed.
 * @template Needed what it depends on, read and locked before */
export interface Completing<T extends Document, Needed> {
  /** Null for a new one. */
  readonly stored: Stored<T> | null;
  readonly needed: Needed;
  /** The database's clock, as documents have it. */
  readonly now: string;
}

/** How one of the three kinds differs from the others: all are written by `write-records.ts`. */
export interface RecordKind<T extends InventoryRecord, Needed = null> {
  readonly collection: DocumentCollection<T>;
  readonly hrids: HridKind;
  /** Of the domain events: "item". */
  readonly topic: string;
  /** Fields that clients may send back and that are not kept. */
  readonly virtual: (record: T) => T;
  readonly checksStatisticalCodes: boolean;
  /** Reads what the records depend on and keeps it as it is until the transaction ends. Before the records themselves are locked: an item
   * is always locked after its holdings record. */
  readonly needs: (tx: Transaction, records: readonly T[], isNew: boolean) => Promise<Needed>;
  /** Works out what the module itself keeps in a record. */
  readonly complete: (record: T, completing: Completing<T, Needed>) => T;
  /** Whether this record may change its human readable id. */
  readonly hridMayChange: (record: T) => boolean;
  /** What else changes with it, in the same transaction. */
  readonly follow: (tx: Transaction, changes: readonly Change<T>[], author: Author) => Promise<void>;
  /** The instance that each belongs to, the key of its events; in the order of the records. */
  readonly instanceIds: (tx: Transaction, records: readonly Stored<T>[]) => Promise<readonly string[]>;
  /** A record as events have it. */
  readonly toEvent: (record: Stored<T>, instanceId: string) => object;
}

export interface Author {
  readonly userId: string | null;
}
