import { holdingsLocation } from "../effective/effective-fields.ts";
import { itemsFollow } from "../items/items-follow.ts";
import type { RecordKind } from "../records/record-kind.ts";
import type { HoldingsRecord } from "./holdings-schema.ts";
import { holdings } from "../records/record-tables.ts";

export const holdingsKind: RecordKind<HoldingsRecord> = {
  collection: holdings,
  hrids: "holdings",
  topic: "holdings-record",
  checksStatisticalCodes: false,
  virtual: (record) => record,
  needs: () => Promise.resolve(null),
  complete: ({ effectiveLocationId: _location, ...record }) => {
    const effectiveLocationId = holdingsLocation(record);
    return {
      discoverySuppress: false,
      ...record,
      ...(effectiveLocationId !== undefined && { effectiveLocationId }),
    };
  },
  hridMayChange: () => false,
  follow: itemsFollow,
  instanceIds: (_, records) => Promise.resolve(records.map(({ instanceId }) => instanceId)),
  toEvent: (record) => record,
};
