import { type NewEvent, outbox, type Stored, type Transaction } from "@octavo/module-kit";
import type { Change, InventoryRecord, RecordKind } from "./record-kind.ts";

/** What other modules of FOLIO learn of records: `{ type, tenant, old, new }`, by the topics and keys of mod-inventory-storage. */
export const domainEvents = outbox();

/** The key of what is about all records. */
const NO_INSTANCE = "00000000-0000-0000-0000-000000000000";

export async function publishChanges<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  changes: readonly Change<T>[],
): Promise<void> {
  if (changes.length === 0) return;
  const olds = await eventsOf(
    kind,
    tx,
    changes.map((change) => change.old),
  );
  const news = await eventsOf(
    kind,
    tx,
    changes.map((change) => change.new),
  );
  const events = changes.map((_, at): NewEvent => {
    const [old, now] = [olds[at] ?? null, news[at] ?? null];
    return {
      type: `inventory.${kind.topic}`,
      key: (now ?? old)?.instanceId ?? NO_INSTANCE,
      isOrderedByRows: true,
      payload: {
        ...(old !== null && { old: old.record }),
        ...(now !== null && { new: now.record }),
        type: typeOf(old, now),
        tenant: tx.tenantId,
      },
    };
  });
  await domainEvents.publish(tx, ...events);
}

export async function publishAllDeleted<T extends InventoryRecord, Needed>(
  { topic }: RecordKind<T, Needed>,
  tx: Transaction,
): Promise<void> {
  const payload = { type: "DELETE_ALL", tenant: tx.tenantId };
  await domainEvents.publish(tx, { type: `inventory.${topic}`, key: NO_INSTANCE, payload });
}

function typeOf(old: object | null, now: object | null): "CREATE" | "UPDATE" | "DELETE" {
  if (old === null) return "CREATE";
  return now === null ? "DELETE" : "UPDATE";
}

interface EventRecord {
  readonly instanceId: string;
  readonly record: object;
}

async function eventsOf<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  tx: Transaction,
  records: readonly (Stored<T> | null)[],
): Promise<readonly (EventRecord | null)[]> {
  const present = records.filter((record) => record !== null);
  if (present.length === 0) return [];
  const ids = (await kind.instanceIds(tx, present)).values();
  return records.map((record) => {
    if (record === null) return null;
    const instanceId = ids.next().value ?? NO_INSTANCE;
    return { instanceId, record: kind.toEvent(record, instanceId) };
  });
}
