import { collection, searchable, sql, type Static, type Transaction, Type } from "@octavo/module-kit";
import { type Entry, entries } from "./entries.ts";

const Operation = Type.Union([Type.Literal("I"), Type.Literal("U"), Type.Literal("D")], {
  description: "Made, replaced or deleted",
});

/** What became of settings: a row for each change, with the setting as it was written, or as it was before it was deleted. */
export const audits = collection("audit_config_data", {
  schema: Type.Object(
    { operation: Operation, createdDate: Type.String(), config_data: entries.schema },
    { additionalProperties: false },
  ),
  indexes: [
    searchable.text("operation", ["exact"], "nothing"),
    searchable.date("createdDate"),
    searchable.text("config_data.id", ["exact"], "case"),
    searchable.text("config_data.module", ["exact", "words"], "case"),
    searchable.text("config_data.configName", ["exact", "words"], "case"),
  ],
  isVersioned: false,
  hasMetadata: false,
});

/** Notes a change in the transaction that makes it, with the database's clock. */
export async function note(
  tx: Transaction,
  operation: Static<typeof Operation>,
  entry: Entry,
): Promise<void> {
  await tx.run(sql`
    insert into audit_config_data (id, jsonb)
    select made.id, jsonb_build_object(
      'id', made.id, 'operation', ${operation}::text, 'config_data', ${JSON.stringify(entry)}::jsonb,
      'createdDate', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'))
    from (select gen_random_uuid() as id) as made`);
}
