import { parseObjectKey, type ObjectKey } from "./object-key.ts";
import type { ListedObject, ObjectStore } from "./object-store.ts";

/** What a row says of its object. */
export interface ObjectRow {
  readonly key: ObjectKey;
  /** Null: it stays. */
  readonly expiresAt: Date | null;
}

/** What has to be done, found by comparing rows and objects. */
export type SweepFinding =
  /** Its time is over: remove the object, then the row. */
  | { readonly kind: "expired"; readonly row: ObjectRow }
  /** No row knows it. */
  | { readonly kind: "orphan"; readonly object: ListedObject }
  /** A row whose object is not there: somebody else removed it. Reported; nothing can be done here. */
  | { readonly kind: "lost"; readonly row: ObjectRow };

export interface SweepSettings {
  readonly now: Date;
  /** An object without a row is left for so long: its row's transaction may not be committed yet. */
  readonly orphanAfterMs: number;
}

/** Walks both at once; nothing is held of either.
 * @param rows by key, `order by key collate "C"`, each committed
 * @param objects as `list` gives them */
export async function* compareRowsAndObjects(
  rows: AsyncIterable<ObjectRow>,
  objects: AsyncIterable<ListedObject>,
  settings: SweepSettings,
): AsyncGenerator<SweepFinding> {
  const rowAt = rows[Symbol.asyncIterator]();
  const objectAt = objects[Symbol.asyncIterator]();
  try {
    let row = await next(rowAt);
    let object = await next(objectAt);
    while (row !== null || object !== null) {
      const order = row === null ? 1 : object === null ? -1 : compareKeys(row.key, object.key);
      if (order <= 0 && row !== null) {
        const isExpired = row.expiresAt !== null && row.expiresAt <= settings.now;
        if (isExpired) yield { kind: "expired", row };
        else if (order < 0) yield { kind: "lost", row };
      }
      if (order > 0 && object !== null && isOrphan(object, settings)) yield { kind: "orphan", object };
      const isRowDone = order <= 0;
      const isObjectDone = order >= 0;
      if (isRowDone) row = await next(rowAt);
      if (isObjectDone) object = await next(objectAt);
    }
  } finally {
    await rowAt.return?.();
    await objectAt.return?.();
  }
}

/** What became of a sweep; counts for metrics. */
export interface Swept {
  readonly expired: number;
  readonly orphans: number;
  readonly lost: readonly ObjectKey[];
  readonly abortedUploads: number;
}

export interface SweepRequest extends SweepSettings {
  /** Of one tenant in one module: `keyPrefix({ tenantId, module })`. */
  readonly prefix: string;
  /** Read again for each sweep, by key. */
  readonly rows: () => AsyncIterable<ObjectRow>;
  /** An upload that nobody has completed for so long is aborted. */
  readonly uploadAfterMs: number;
}

/** Removes what is over. May be killed anywhere and run anywhere again: an object goes before its row.
 * @param removeRow deletes the row where it is expired still; called when its object is gone */
export async function sweepObjects(
  store: ObjectStore,
  request: SweepRequest,
  removeRow: (row: ObjectRow) => Promise<void>,
): Promise<Swept> {
  let expired = 0;
  let orphans = 0;
  const lost: ObjectKey[] = [];
  for await (const finding of compareRowsAndObjects(request.rows(), store.list(request.prefix), request)) {
    if (finding.kind === "expired") {
      await store.delete(finding.row.key);
      await removeRow(finding.row);
      expired++;
    } else if (finding.kind === "lost") {
      // The list may be older than the row.
      if ((await store.head(finding.row.key)) === null) lost.push(finding.row.key);
    } else {
      const key = parseObjectKey(finding.object.key);
      if (key === null) continue; // not ours: somebody put it there by hand
      await store.delete(key);
      orphans++;
    }
  }
  return { expired, orphans, lost, abortedUploads: await abortOldUploads(store, request) };
}

async function abortOldUploads(store: ObjectStore, request: SweepRequest): Promise<number> {
  let aborted = 0;
  for await (const { key: text, uploadId, begunAt } of store.listUploads(request.prefix)) {
    const key = parseObjectKey(text);
    if (key === null || request.now.getTime() - begunAt.getTime() < request.uploadAfterMs) continue;
    await store.abortUpload({ key, uploadId });
    aborted++;
  }
  return aborted;
}

function isOrphan(object: ListedObject, { now, orphanAfterMs }: SweepSettings): boolean {
  return now.getTime() - object.storedAt.getTime() >= orphanAfterMs;
}

/** Keys are ASCII: the order of UTF-16 units is the order of bytes. */
function compareKeys(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

async function next<T>(iterator: AsyncIterator<T>): Promise<T | null> {
  const result = await iterator.next();
  return result.done === true ? null : result.value;
}
