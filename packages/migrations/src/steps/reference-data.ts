import type { ReferenceDataStep, ReferenceRow } from "./step.ts";

/** Rows that the module ships. A row that the library left as it came follows the new version; one that it edited or removed stays so;
 * one that collides with a row of its own is not written, and reported.
 *
 *     referenceData("material types", { table: "material_type", rows: materialTypes }) */
export function referenceData(
  id: string,
  { table, rows }: { readonly table: string; readonly rows: readonly ReferenceRow[] },
): ReferenceDataStep {
  return { kind: "referenceData", id, table, rows };
}
