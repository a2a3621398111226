import { randomUUID } from "node:crypto";
import { invalid, type Stored, type Transaction } from "@octavo/module-kit";
import { effectiveFields } from "../effective/effective-fields.ts";
import type { HoldingsRecord } from "../holdings/holdings-schema.ts";
import { holdings } from "../records/record-tables.ts";
import type { Completing, RecordKind } from "../records/record-kind.ts";
import { readStored } from "../records/stored-records.ts";
import { holdingsOfItems } from "./holdings-of-items.ts";
import type { Item } from "./item-schema.ts";
import { items } from "../records/record-tables.ts";

type HoldingsById = ReadonlyMap<string, Stored<HoldingsRecord>>;

export const itemKind: RecordKind<Item, HoldingsById> = {
  collection: items,
  hrids: "items",
  topic: "item",
  checksStatisticalCodes: true,
  virtual: ({
    materialType: _type,
    permanentLocation: _permanent,
    temporaryLocation: _temporary,
    holdingsRecord2: _holdings,
    ...kept
  }) => ({
    ...kept,
    ...(kept.notes !== undefined && { notes: kept.notes.map(({ itemNoteType: _type, ...note }) => note) }),
  }),
  needs: (tx, records) => holdingsOfItems(tx, records),
  complete: (record, completing) => ({
    discoverySuppress: false,
    ...withEffectiveFields(record, holdingsOf(record, completing.needed)),
    ...(record.circulationNotes !== undefined && {
      circulationNotes: record.circulationNotes.map((note) => ({ ...note, id: note.id ?? randomUUID() })),
    }),
    status: statusOf(record, completing),
  }),
  hridMayChange: () => false,
  follow: () => Promise.resolve(),
  instanceIds: instanceIdsOf,
  toEvent: (item, instanceId) => ({ instanceId, ...item }),
};

/** The item with what is worked out of it and its holdings record; whatever was there before is replaced. */
export function withEffectiveFields<T extends Item>(item: T, of: HoldingsRecord): T {
  const {
    effectiveCallNumberComponents: _components,
    effectiveShelvingOrder: _order,
    effectiveLocationId: _location,
    ...own
  } = item;
  return { ...own, ...effectiveFields(own, of) } as T; // as: the three are all that differs
}

function holdingsOf({ holdingsRecordId }: Item, known: HoldingsById): HoldingsRecord {
  const found = known.get(holdingsRecordId.toLowerCase());
  if (found === undefined)
    throw invalid("holdingsRecordId", holdingsRecordId, "Holdings record does not exist");
  return found;
}

/** A new status has the date of its change; one that stays keeps its date, whatever the client sends. */
function statusOf({ status }: Item, { stored, now }: Completing<Item, HoldingsById>): Item["status"] {
  if (stored === null) return { ...status, date: status.date ?? now };
  if (stored.status.name !== status.name) return { ...status, date: now };
  const { date } = stored.status;
  return { name: status.name, ...(date !== undefined && { date }) };
}

async function instanceIdsOf(tx: Transaction, records: readonly Stored<Item>[]): Promise<readonly string[]> {
  const ids = [...new Set(records.map(({ holdingsRecordId }) => holdingsRecordId.toLowerCase()))];
  const known = await readStored(tx, holdings, ids);
  return records.map(({ holdingsRecordId }) => known.get(holdingsRecordId.toLowerCase())?.instanceId ?? "");
}
