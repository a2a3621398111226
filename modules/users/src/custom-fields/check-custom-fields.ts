import { type ErrorEntry, Refusal, sql, type Transaction } from "@octavo/module-kit";
import type { CustomField } from "./custom-fields.ts";
import { valueMistake } from "./value-mistake.ts";

/** @param values of a user, by the fields' refIds
 * @throws Refusal 422 with an error for each that is wrong */
export async function checkCustomFields(
  tx: Transaction,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (Object.keys(values).length === 0) return;
  const fields = new Map((await allFields(tx)).map((field) => [field.refId, field]));
  const errors = Object.entries(values).flatMap(([refId, value]): readonly ErrorEntry[] => {
    const field = fields.get(refId);
    if (field === undefined)
      return [entry(`Custom field with refId ${refId} is not found`, "customFields", refId)];
    const message = valueMistake(value, field);
    return message === null ? [] : [entry(message, refId, JSON.stringify(value))];
  });
  if (errors.length > 0) throw new Refusal(422, errors);
}

/** In their order. Options do not go while this transaction writes a user who has chosen them. */
async function allFields(tx: Transaction): Promise<readonly CustomField[]> {
  const rows = await tx.rows<{ document: string }>(
    sql`select jsonb::text as document from custom_fields order by id for share`,
  );
  return rows.map(({ document }) => JSON.parse(document) as CustomField); // as: nothing else is stored
}

function entry(message: string, key: string, value: string): ErrorEntry {
  return { message, code: "-1", parameters: [{ key, value }] };
}
