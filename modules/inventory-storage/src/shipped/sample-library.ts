import { readFileSync } from "node:fs";
import {
  type Document,
  type DocumentCollection,
  Duplicate,
  type TenantData,
  type Transaction,
} from "@octavo/module-kit";
import { holdingsKind } from "../holdings/holdings-kind.ts";
import type { HoldingsRecord } from "../holdings/holdings-schema.ts";
import { instanceKind } from "../instances/instance-kind.ts";
import type { Instance } from "../instances/instance-schema.ts";
import { itemKind } from "../items/item-kind.ts";
import type { Item } from "../items/item-schema.ts";
import { campuses, institutions, libraries } from "../locations/location-units.ts";
import { locations } from "../locations/locations.ts";
import type { InventoryRecord, RecordKind } from "../records/record-kind.ts";
import { createRecord } from "../records/write-records.ts";

type Kept<T> = T extends DocumentCollection<infer Kind> ? readonly (Kind & Shipped)[] : never;

interface Shipped {
  readonly id: string;
}

interface SampleLibrary {
  readonly institutions: Kept<typeof institutions>;
  readonly campuses: Kept<typeof campuses>;
  readonly libraries: Kept<typeof libraries>;
  readonly locations: Kept<typeof locations>;
  readonly instances: readonly (Instance & Shipped)[];
  readonly holdings: readonly (HoldingsRecord & Shipped)[];
  readonly items: readonly (Item & Shipped)[];
}

const nobody = { userId: null };

/** `loadSample=true`: twelve old works as a small library has them. They are described with what `loadReference=true` brings, and are written as
 * clients write them: with human readable ids, effective fields and events. What is there already stays. */
export const sampleLibrary: TenantData = {
  kind: "sample",
  name: "a small library",
  load: async (tx) => {
    // as: the file is this module's
    const sample = JSON.parse(
      readFileSync(new URL("./sample/library.json", import.meta.url), "utf8"),
    ) as SampleLibrary;
    await addMissing(tx, institutions, sample.institutions);
    await addMissing(tx, campuses, sample.campuses);
    await addMissing(tx, libraries, sample.libraries);
    await addMissing(tx, locations, sample.locations);
    await addRecords(tx, instanceKind, sample.instances);
    await addRecords(tx, holdingsKind, sample.holdings);
    await addRecords(tx, itemKind, sample.items);
  },
};

function addRecords<T extends InventoryRecord, Needed>(
  tx: Transaction,
  kind: RecordKind<T, Needed>,
  records: readonly (T & Shipped)[],
): Promise<void> {
  return addMissing(tx, kind.collection, records, (record) => createRecord(kind, tx, record, nobody));
}

async function addMissing<T extends Document>(
  tx: Transaction,
  collection: DocumentCollection<T>,
  rows: readonly (T & Shipped)[],
  create: (row: T & Shipped) => Promise<unknown> = (row) => collection.create(tx, row, nobody),
): Promise<void> {
  for (const row of rows) {
    if ((await collection.find(tx, row.id)) !== null) continue;
    // The library may have given its name or its barcode to something of its own.
    await tx
      .attempt(() => create(row))
      .catch((cause: unknown) => {
        if (!(cause instanceof Duplicate)) throw cause;
      });
  }
}
