import { isDeepStrictEqual } from "node:util";
import { type Stored, sql, type Transaction } from "@octavo/module-kit";
import type { HoldingsRecord } from "../holdings/holdings-schema.ts";
import { publishChanges } from "../records/domain-events.ts";
import type { Author, Change } from "../records/record-kind.ts";
import { byId, readStored } from "../records/stored-records.ts";
import { itemKind, withEffectiveFields } from "./item-kind.ts";
import type { Item } from "./item-schema.ts";
import { items } from "../records/record-tables.ts";

/** Holdings records have changed: items that have their call number or location from them change with them; those of a record that
 * went to another instance are told of, since their events say the instance. */
export async function itemsFollow(
  tx: Transaction,
  changes: readonly Change<HoldingsRecord>[],
  author: Author,
): Promise<void> {
  const changed = new Map<string, Stored<HoldingsRecord>>();
  const moved = new Set<string>();
  for (const { old, new: now } of changes) {
    if (old === null || now === null) continue;
    changed.set(now.id, now);
    if (old.instanceId !== now.instanceId) moved.add(now.id);
  }
  if (changed.size === 0) return;
  const before = await lockItemsOf(tx, [...changed.keys()]);
  const after = [...before.values()].flatMap((item) => {
    const of = changed.get(item.holdingsRecordId.toLowerCase());
    const now = of === undefined ? item : withEffectiveFields(item, of);
    return isDeepStrictEqual(now, item) ? [] : [now];
  });
  await items.upsert(tx, after, author, "all");
  const told = [...before.values()].filter(({ holdingsRecordId }) =>
    moved.has(holdingsRecordId.toLowerCase()),
  );
  const ids = new Set([...after, ...told].map(({ id }) => id));
  const written = await readStored(tx, items, [...ids]);
  await publishChanges(
    itemKind,
    tx,
    [...written].flatMap(([id, now]): readonly Change<Item>[] => {
      const old = before.get(id);
      return old === undefined ? [] : [{ old, new: now }];
    }),
  );
}

async function lockItemsOf(
  tx: Transaction,
  holdingsIds: readonly string[],
): Promise<ReadonlyMap<string, Stored<Item>>> {
  return byId(
    await tx.rows<{ document: string }>(
      sql`select jsonb::text as document from item where holdingsrecordid = any(${holdingsIds}::uuid[]) order by id for no key update`,
    ),
  );
}
