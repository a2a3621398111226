import { sql } from "@octavo/database";
import { keyPrefix, type ObjectRow, type ObjectStore, sweepObjects } from "@octavo/object-store";
import type { ModulePart, RunningModule } from "../definition/part.ts";
import type { Errand } from "../visits/errand.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { objectRows, objectSteps, removeObjectRow, ROWS } from "./object-rows.ts";

const DAY_MS = 86_400_000;
const EVERY_SECONDS = 3_600;

/** Brings the rows that files are kept by, and removes files that have run out or that no row keeps a day later. */
export function objects(): ModulePart {
  return {
    name: "objects",
    steps: objectSteps,
    start: (running) => {
      const { objects } = running;
      if (objects === null) return () => Promise.resolve(); // the first use says what is missing
      return visitsOf(running).join({ errand: objectSweeper(running, objects) });
    },
    health: ({ objects }) => [
      {
        name: "objects",
        isReady: objects !== null,
        detail: objects === null ? "OCTAVO_OBJECTS is not set" : "there is a store",
      },
    ],
  };
}

/** Goes to each tenant once in an hour. Rows are read page by page: no transaction is open while the store is asked. */
export function objectSweeper({ database, definition, log }: RunningModule, store: ObjectStore): Errand {
  return {
    name: "objects",
    free: () => 1,
    run: async (tenantId) => {
      const context = { tenantId, work: "background" } as const;
      const now = await database.read(context, (tx) => tx.row<{ now: Date }>(sql`select now() as now`));
      if (now === null) return EVERY_SECONDS;
      const swept = await sweepObjects(
        store,
        {
          ...now,
          prefix: keyPrefix({ tenantId, module: definition.name }),
          orphanAfterMs: DAY_MS,
          uploadAfterMs: DAY_MS,
          rows: () => pages((after) => database.read(context, (tx) => objectRows(tx, after))),
        },
        ({ key }) => database.tx(context, (tx) => removeObjectRow(tx, key)),
      );
      if (swept.lost.length > 0)
        log.warn({ tenantId, lost: swept.lost }, "files that rows keep are not there");
      return EVERY_SECONDS;
    },
  };
}

async function* pages(read: (after: string) => Promise<readonly ObjectRow[]>): AsyncGenerator<ObjectRow> {
  let rows = await read("");
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS) return;
    rows = await read(last.key);
  }
}
