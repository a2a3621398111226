import { randomUUID } from "node:crypto";
import {
  type Document,
  Duplicate,
  invalid,
  notFound,
  type Stored,
  type Transaction,
} from "@octavo/module-kit";
import { withHrids } from "../hrid/draw-hrids.ts";
import { refuseLongNotes, refuseOtherHrid, refuseTooMany, refuseUnknownCodes } from "./check-records.ts";
import { publishAllDeleted, publishChanges } from "./domain-events.ts";
import type { Author, Change, InventoryRecord, RecordKind } from "./record-kind.ts";
import { lockStored, readStored, transactionTime } from "./stored-records.ts";

/** Every write of a record takes the same way: what it depends on is locked, the record is completed and stored, what follows from it is
 * written, and what happened is published: all of it in the caller's transaction.
 * @throws Refusal out of it, so that nothing of it stays */

export async function createRecord<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  given: T,
  author: Author,
): Promise<Stored<T>> {
  const record = kind.virtual(given);
  refuseLongNotes([record]);
  const needed = await kind.needs(tx, [record], true);
  if (kind.checksStatisticalCodes) await refuseUnknownCodes(tx, [record], new Map());
  const [numbered = record] = await withHrids(tx, kind.hrids, [record]);
  const now = await transactionTime(tx);
  const created = await kind.collection.create(
    tx,
    kind.complete(numbered, { stored: null, needed, now }),
    author,
  );
  await publishChanges(kind, tx, [{ old: null, new: created }]);
  return created;
}

export async function replaceRecord<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  id: string,
  given: T,
  author: Author,
): Promise<Stored<T>> {
  const record: T = { ...kind.virtual(given), id };
  refuseLongNotes([record]);
  const needed = await kind.needs(tx, [record], false);
  const all = await lockStored(tx, kind.collection, [id.toLowerCase()]);
  const stored = all.get(id.toLowerCase());
  if (stored === undefined) throw notFound(kind.topic, id);
  if (!kind.hridMayChange(record)) refuseOtherHrid(stored, record);
  if (kind.checksStatisticalCodes) await refuseUnknownCodes(tx, [{ ...record, id: stored.id }], all);
  const now = await transactionTime(tx);
  const completed = kind.complete(record, { stored, needed, now });
  const replaced = await kind.collection.replace(tx, id, completed, author);
  await settled(kind, tx, [{ old: stored, new: replaced }], author);
  return replaced;
}

export interface BatchOptions {
  /** Records that are there already are replaced; else they are refused. */
  readonly isUpsert: boolean;
  /** The `_version` that a client sends is not compared. */
  readonly ignoresVersions: boolean;
}

/** All of them or none. */
export async function writeBatch<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  given: readonly T[],
  { isUpsert, ignoresVersions }: BatchOptions,
  author: Author,
): Promise<void> {
  refuseTooMany(given);
  const records = given.map((each): T & { readonly id: string } => ({
    ...kind.virtual(each),
    id: each.id?.toLowerCase() ?? randomUUID(),
  }));
  refuseLongNotes(records);
  const needed = await kind.needs(tx, records, true);
  const ids = records.map(({ id }) => id);
  const stored = await lockStored(tx, kind.collection, ids);
  if (!isUpsert) refuseStored(kind.collection.table.name, stored);
  if (kind.checksStatisticalCodes) await refuseUnknownCodes(tx, records, stored);
  const now = await transactionTime(tx);
  const numbered = await withHrids(tx, kind.hrids, records);
  const completed = numbered.map((record): T => {
    const before = stored.get(record.id ?? "") ?? null;
    const whole = kind.complete(record, { stored: before, needed, now });
    return ignoresVersions ? withVersionOf(whole, before) : whole;
  });
  await kind.collection.upsert(tx, completed, author, "all");
  const written = await readStored(tx, kind.collection, ids);
  const changes = [...written].map(([id, record]): Change<T> => ({
    old: stored.get(id) ?? null,
    new: record,
  }));
  await settled(kind, tx, changes, author);
}

export async function deleteRecord<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  id: string,
): Promise<void> {
  const stored = await kind.collection.get(tx, id);
  // The instance of an item is known by its holdings record, which may go with the next statement of this transaction.
  await publishChanges(kind, tx, [{ old: stored, new: null }]);
  await kind.collection.delete(tx, id);
}

const DELETED_AT_ONCE = 1000;
const ALL = /^\s*cql\.allRecords\s*=\s*1\s*$/iu;

/** All that a query finds, or nothing of it where one is still in use.
 * @throws Refusal 400 without a query: an empty one would find everything */
export async function deleteRecords<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  query: string,
): Promise<void> {
  if (ALL.test(query)) {
    await kind.collection.deleteAll(tx);
    await publishAllDeleted(kind, tx);
    return;
  }
  for (;;) {
    const { documents } = await kind.collection.page(tx, query, null, DELETED_AT_ONCE);
    if (documents.length === 0) return;
    await publishChanges(
      kind,
      tx,
      documents.map((old): Change<T> => ({ old, new: null })),
    );
    await kind.collection.deleteMany(
      tx,
      documents.map(({ id }) => id),
    );
  }
}

/** What follows from a change is written and told before the change itself is told. */
async function settled<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  changes: readonly Change<T>[],
  author: Author,
): Promise<void> {
  await kind.follow(tx, changes, author);
  await publishChanges(kind, tx, changes);
}

function refuseStored(table: string, stored: ReadonlyMap<string, Document>): void {
  const [id] = stored.keys();
  if (id === undefined) return;
  throw new Duplicate(422, invalid("id", id, `id value already exists in table ${table}: ${id}`).errors);
}

function withVersionOf<T extends Document>(record: T, stored: Document | null): T {
  const { _version: version } = stored ?? {};
  const { _version: _given, ...rest } = record;
  return { ...rest, ...(version !== undefined && { _version: version }) } as T; // as: only a version changes
}
