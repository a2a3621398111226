import type { ModuleClient } from "../hosting/module-client.ts";
import { HOLDINGS, holdingsRecord, instance, item, ITEMS } from "./library.ts";

/** One of the three kinds of records, as it is loaded. */
export interface Kind {
  readonly listName: string;
  readonly table: string;
  readonly path: string;
  readonly topic: string;
  readonly rows: number;
  readonly record: (n: number) => object;
}

/** In the order in which they refer to each other. */
export function kindsOf(instances: number): readonly Kind[] {
  return [
    {
      listName: "instances",
      table: "instance",
      path: "/instance-storage/batch/synchronous",
      topic: "inventory.instance",
      rows: instances,
      record: instance,
    },
    {
      listName: "holdingsRecords",
      table: "holdings_record",
      path: "/holdings-storage/batch/synchronous",
      topic: "inventory.holdings-record",
      rows: Math.floor(HOLDINGS * instances),
      record: holdingsRecord,
    },
    {
      listName: "items",
      table: "item",
      path: "/item-storage/batch/synchronous",
      topic: "inventory.item",
      rows: Math.floor(ITEMS * instances),
      record: item,
    },
  ];
}

const BATCH = 1000;
export const AT_ONCE = 4;

/** Through the module's batch endpoint.
 * @param from the number of the first, `to` that behind the last
 * @returns records for one second */
export function load(client: ModuleClient, kind: Kind, from: number, to: number): Promise<number> {
  return inBatches(from, to, async (begin, end) => {
    const records = Array.from({ length: end - begin }, (_, n) => kind.record(begin + n));
    await client.call("POST", kind.path, JSON.stringify({ [kind.listName]: records }));
  });
}

/** Several batches at once, each as soon as there is room for it.
 * @returns rows for one second */
export async function inBatches(
  from: number,
  to: number,
  write: (begin: number, end: number) => Promise<void>,
): Promise<number> {
  if (to <= from) return 0;
  const startedAt = performance.now();
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) {
      const begin = next;
      next = Math.min(to, begin + BATCH);
      await write(begin, next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return ((to - from) * 1000) / (performance.now() - startedAt);
}
