import type { Sql } from "@octavo/database";
import type { BackfillStep } from "./step.ts";

export interface Backfill {
  readonly table: string;
  /** "id" unless said otherwise. */
  readonly key?: string;
  /** @see BackfillStep */
  readonly remaining: Sql;
  /** @see BackfillStep */
  readonly each: (rows: Sql) => Sql;
}

/** Brings the rows that are there into the new shape, about 500 at a time, while the module serves.
 *
 *     backfill("loans have a due date", {
 *       table: "loan",
 *       remaining: sql`due_date is null`,
 *       each: (rows) => sql`update loan set due_date = (jsonb ->> 'dueDate')::timestamptz where ${rows}`,
 *     }) */
export function backfill(id: string, { table, key = "id", remaining, each }: Backfill): BackfillStep {
  return { kind: "backfill", id, table, key, remaining, each };
}
