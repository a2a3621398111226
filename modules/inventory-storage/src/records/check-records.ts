import { badRequest, type Document, invalid, Refusal, sql, type Transaction } from "@octavo/module-kit";
import type { InventoryRecord } from "./record-kind.ts";

const LONGEST_NOTE = 32_000;
const MOST_RECORDS = 10_000;

/** @throws Refusal 422 */
export function refuseLongNotes(records: readonly InventoryRecord[]): void {
  for (const { administrativeNotes = [], notes = [] } of records) {
    refuseLong("administrativeNotes", administrativeNotes);
    refuseLong(
      "notes",
      notes.map(({ note = "" }) => note),
    );
  }
}

function refuseLong(field: string, notes: readonly string[]): void {
  const long = notes.find((note) => note.length > LONGEST_NOTE);
  if (long === undefined) return;
  throw invalid(field, `${long.slice(0, 100)}...`, "A note has exceeded the 32,000 character limit.");
}

/** @throws Refusal 413 */
export function refuseTooMany(records: readonly unknown[]): void {
  if (records.length <= MOST_RECORDS) return;
  const message = `Expected a maximum of ${MOST_RECORDS} records to prevent out of memory but got ${records.length}`;
  throw new Refusal(413, [{ message, code: "too-many-records" }]);
}

/** @throws Refusal 400 */
export function refuseOtherHrid(stored: InventoryRecord, given: InventoryRecord): void {
  const [old, wanted] = [stored.hrid ?? null, given.hrid ?? null];
  if (old !== wanted) throw badRequest(`The hrid field cannot be changed: new=${wanted}, old=${old}`);
}

/** Codes are an array, so no foreign key keeps them: those that come new are looked up, and kept until the transaction ends.
 * @throws Refusal 422 */
export async function refuseUnknownCodes(
  tx: Transaction,
  records: readonly InventoryRecord[],
  stored: ReadonlyMap<string, InventoryRecord>,
): Promise<void> {
  const codes = [...new Set(records.flatMap((record) => newCodes(record, stored)))];
  if (codes.length === 0) return;
  const rows = await tx.rows<{ id: string }>(
    sql`select id from statistical_code where id = any(${codes}::uuid[]) order by id for key share`,
  );
  const known = new Set(rows.map(({ id }) => id));
  const missing = codes.find((code) => !known.has(code));
  if (missing !== undefined) {
    throw invalid("statisticalCodeIds", missing, `statistical code doesn't exist: ${missing}`);
  }
}

function newCodes(
  { id, statisticalCodeIds = [] }: InventoryRecord & Document,
  stored: ReadonlyMap<string, InventoryRecord>,
): readonly string[] {
  const before = new Set(stored.get(id ?? "")?.statisticalCodeIds);
  return statisticalCodeIds.map((code) => code.toLowerCase()).filter((code) => !before.has(code));
}
