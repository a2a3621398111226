import { randomUUID } from "node:crypto";
import { type Author, invalid, notFound, Refusal, sql, type Transaction } from "@octavo/module-kit";
import { completed } from "./completed.ts";
import { type CustomField, type CustomFieldInput, customFields } from "./custom-fields.ts";
import { definitionMistake } from "./definition-mistake.ts";
import { isTextBox, optionIds, optionsOf } from "./field-kinds.ts";
import { refIdOf } from "./ref-id.ts";
import { removeOptions, removeValues } from "./values-of-users.ts";

/** All fields in their order, which nobody else changes until the end of the transaction. */
export async function lockFields(tx: Transaction): Promise<readonly CustomField[]> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.custom_fields', 0))::text as locked`,
  );
  const rows = await tx.rows<{ document: string }>(
    sql`select jsonb::text as document from custom_fields order by (jsonb -> 'order')::numeric, id`,
  );
  return rows.map(({ document }) => JSON.parse(document) as CustomField); // as: nothing else is stored
}

/** @param order its place, from 1 on
 * @throws Refusal 422 */
export async function createField(
  tx: Transaction,
  sent: CustomFieldInput,
  { order, taken }: { readonly order: number; readonly taken: readonly CustomField[] },
  author: Author,
): Promise<CustomField> {
  checkDefinition(sent);
  const refId = refIdOf(
    sent.name,
    taken.map((field) => field.refId ?? ""),
  );
  const field = { ...completed(sent), id: sent.id ?? randomUUID(), order, refId };
  return customFields.create(tx, field, author);
}

/** The id in users stays, type and format too; what is no longer an option is taken from users.
 * @throws Refusal 422 */
export async function replaceField(
  tx: Transaction,
  stored: CustomField,
  sent: CustomFieldInput,
  order: number,
  author: Author,
): Promise<void> {
  checkDefinition(sent);
  const field = completed(sent);
  const [newFormat, oldFormat] = [field.textField?.fieldFormat, stored.textField?.fieldFormat];
  if (field.type !== stored.type) {
    const message = `The type of the custom field can not be changed: newType = ${field.type}, oldType = ${stored.type}`;
    throw invalid("type", field.type, message);
  }
  if (isTextBox(field) && newFormat !== oldFormat) {
    const message = `The format of the custom field can not be changed: newFormat = ${newFormat ?? ""}, oldFormat = ${oldFormat ?? ""}`;
    throw invalid("fieldFormat", newFormat, message);
  }
  const refId = stored.refId ?? "";
  await customFields.replace(tx, stored.id, { ...field, id: stored.id, order, refId }, author);
  const kept = new Set(optionIds(field));
  const removed = optionIds(stored).filter((id) => !kept.has(id));
  const defaults = optionsOf(field).flatMap((option) => (option.default === true ? (option.id ?? []) : []));
  await removeOptions(tx, refId, removed, defaults);
}

/** With all values that users have of it. The others close ranks. */
export async function deleteField(tx: Transaction, id: string): Promise<void> {
  const all = await lockFields(tx);
  const field = all.find((each) => each.id === id.toLowerCase());
  if (field === undefined) throw notFound("CustomField", id);
  await removeValues(tx, field.refId ?? "");
  await customFields.delete(tx, id);
  const left = all.filter((each) => each !== field);
  for (const [at, each] of left.entries()) {
    if (each.order === at + 1) continue;
    await tx.run(sql`
      update custom_fields set jsonb = jsonb_set(jsonb, '{order}', to_jsonb(${at + 1}::integer))
      where id = ${each.id}::uuid`);
  }
}

/** Makes the fields of an entity type these, in this order: others go, with what users have of them. */
export async function replaceAllFields(
  tx: Transaction,
  entityType: string,
  sent: readonly CustomFieldInput[],
  author: Author,
): Promise<void> {
  const stored = await lockFields(tx);
  const ids = new Set(sent.flatMap(({ id }) => id?.toLowerCase() ?? []));
  const gone = stored.filter((each) => each.entityType === entityType && !ids.has(each.id));
  for (const { id, refId = "" } of gone) {
    await customFields.delete(tx, id);
    await removeValues(tx, refId);
  }
  let taken = stored.filter((each) => !gone.includes(each));
  for (const [at, field] of sent.entries()) {
    const there = taken.find(({ id }) => id === field.id?.toLowerCase());
    if (there === undefined) {
      taken = [...taken, await createField(tx, field, { order: at + 1, taken }, author)];
    } else await replaceField(tx, there, field, at + 1, author);
  }
}

function checkDefinition(field: CustomFieldInput): void {
  const message = definitionMistake(field);
  if (message !== null) throw new Refusal(422, [{ message, code: "-1" }]);
}
