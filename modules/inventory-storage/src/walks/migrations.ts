import type { Document, DocumentCollection, Stored, Transaction } from "@octavo/module-kit";
import { isDeepStrictEqual } from "node:util";
import { publicationPeriod } from "../effective/publication-period.ts";
import { withEffectiveFields } from "../items/item-kind.ts";
import { holdingsOfItems } from "../items/holdings-of-items.ts";
import { instances, items } from "../records/record-tables.ts";
import { lockStored, readStored } from "../records/stored-records.ts";
import type { Leg } from "./walk.ts";

/** What can be worked out again in all records, by the names that mod-inventory-storage has for it. */
export interface Migration extends Leg {
  readonly name: string;
  readonly entity: "INSTANCE" | "ITEM";
}

export const migrations: readonly Migration[] = [
  {
    name: "publicationPeriodMigration",
    entity: "INSTANCE",
    table: "instance",
    visit: (tx, ids) =>
      rewrite(tx, instances, ids, (instance) => {
        const period = publicationPeriod(instance.publication);
        return period === undefined ? instance : { ...instance, publicationPeriod: period };
      }),
  },
  {
    name: "itemShelvingOrderMigration",
    entity: "ITEM",
    table: "item",
    visit: async (tx, ids) => {
      // Holdings records are locked before their items, as everywhere.
      const found = await holdingsOfItems(tx, [...(await readStored(tx, items, ids)).values()]);
      await rewrite(tx, items, ids, (item) => {
        const of = found.get(item.holdingsRecordId.toLowerCase());
        return of === undefined ? item : withEffectiveFields(item, of);
      });
    },
  },
  {
    name: "subjectSeriesMigration",
    entity: "INSTANCE",
    table: "instance",
    visit: (tx, ids) =>
      rewrite(tx, instances, ids, ({ subjects, series, ...instance }) => ({
        ...instance,
        ...(subjects !== undefined && { subjects: subjects.map(asHeading) }),
        ...(series !== undefined && { series: series.map(asHeading) }),
      })),
  },
];

/** Records of old had plain texts here. */
function asHeading<T extends object>(heading: T | string): T | { readonly value: string } {
  return typeof heading === "string" ? { value: heading } : heading;
}

async function rewrite<T extends Document>(
  tx: Transaction,
  collection: DocumentCollection<T>,
  ids: readonly string[],
  change: (document: Stored<T>) => Stored<T>,
): Promise<void> {
  const stored = await lockStored(tx, collection, ids);
  const changed = [...stored.values()].flatMap((document) => {
    const now = change(document);
    return isDeepStrictEqual(now, document) ? [] : [now];
  });
  await collection.upsert(tx, changed, { userId: null }, "all");
}
