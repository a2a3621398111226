import { name, sql, type Stored, type Transaction } from "@octavo/module-kit";
import type { HoldingsRecord } from "../holdings/holdings-schema.ts";
import { holdings } from "../records/record-tables.ts";
import { byId } from "../records/stored-records.ts";
import type { Item } from "./item-schema.ts";

/** The holdings records of items. Shared locks: other items of them may be written meanwhile, they themselves may not change until this
 * transaction ends, so that what is worked out of them stays right. */
export async function holdingsOfItems(
  tx: Transaction,
  records: readonly Pick<Item, "holdingsRecordId">[],
): Promise<ReadonlyMap<string, Stored<HoldingsRecord>>> {
  const ids = [...new Set(records.map(({ holdingsRecordId }) => holdingsRecordId))];
  return byId(
    await tx.rows<{ document: string }>(
      sql`select jsonb::text as document from ${name(holdings.table.name)} where id = any(${ids}::uuid[]) order by id for share`,
    ),
  );
}
