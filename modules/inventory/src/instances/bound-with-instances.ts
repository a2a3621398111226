import type { Calls } from "@octavo/module-kit";
import { rowsWhere, storageLists } from "../storage/storage-lists.ts";

/** Those of these instances that have something bound: a holdings record that is a part of an item, or an item that others are bound into. Items are
 * read for holdings records only that are no part themselves: what binds through the API makes an item's own record a part, too.
 * @throws Refusal where one of the calls is refused */
export async function boundWithInstances(
  calls: Calls,
  instanceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { holdings, boundWithParts, items } = storageLists;
  const records = await rowsWhere(calls, holdings, "instanceId", instanceIds);
  const instanceOf = new Map(records.map(({ id, instanceId }) => [id, instanceId]));
  const parts = await rowsWhere(calls, boundWithParts, "holdingsRecordId", instanceOf.keys());
  const bound = new Set(parts.map(({ holdingsRecordId }) => instanceOf.get(holdingsRecordId)));

  const others = records.filter(({ instanceId }) => !bound.has(instanceId));
  const itemRows = await rowsWhere(
    calls,
    items,
    "holdingsRecordId",
    others.map(({ id }) => id),
  );
  const holdingsOf = new Map(itemRows.map(({ id, holdingsRecordId }) => [id, holdingsRecordId]));
  const intoThem = await rowsWhere(calls, boundWithParts, "itemId", holdingsOf.keys());
  for (const { itemId } of intoThem) bound.add(instanceOf.get(holdingsOf.get(itemId) ?? ""));
  return new Set([...bound].filter((id) => id !== undefined));
}
