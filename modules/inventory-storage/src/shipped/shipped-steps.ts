import { readFileSync } from "node:fs";
import { referenceData, type Step } from "@octavo/module-kit";
import { referenceTables } from "../reference/reference-tables.ts";
import { servicePoints } from "../service-points/service-points.ts";

/** Rows that every library begins with, by the well-known ids that other modules and clients rely on (`rows/`, docs/decisions/dependencies.md
 * says where they come from). An upgrade changes only those that the library left as they came. */
export const shippedSteps: readonly Step[] = [
  ...referenceTables.map(({ collection, path }) => ({ table: collection.table.name, path })),
  { table: servicePoints.table.name, path: "/service-points" },
].map(({ table, path }) =>
  referenceData(`${table} that everybody has`, { table, rows: rowsOf(path.slice(1)) }),
);

interface Row {
  readonly id: string;
  readonly [field: string]: unknown;
}

function rowsOf(file: string): readonly Row[] {
  // as: the rows are files of this module
  return JSON.parse(readFileSync(new URL(`./rows/${file}.json`, import.meta.url), "utf8")) as readonly Row[];
}
