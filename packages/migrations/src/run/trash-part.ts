import { name, type Statement, sql, type Transaction } from "@octavo/database";
import type { TrashedPart } from "../ledger/ledger-row.ts";
import type { ContractPart } from "../steps/step.ts";
import { StepStop } from "./step-stop.ts";

interface Schemas {
  readonly schema: string;
  readonly trash: string;
}

/** Takes one part out of use. Rows and values are only put away; definitions are kept as texts. Where it is gone already nothing is done. */
export async function trashPart(tx: Transaction, part: ContractPart, schemas: Schemas): Promise<TrashedPart> {
  switch (part.kind) {
    case "table":
      return trashTable(tx, part.table, schemas);
    case "column":
      return trashColumn(tx, part.table, part.column);
    case "index":
      return dropDefined(
        tx,
        `index ${quoted(part.index)}`,
        sql`select pg_get_indexdef(to_regclass(${quoted(part.index)})) as text`,
      );
    case "view": {
      const view = sql`select 'create view ' || ${quoted(part.view)} || ' as ' || pg_get_viewdef(to_regclass(${quoted(part.view)})) as text`;
      return dropDefined(tx, `view ${quoted(part.view)}`, view);
    }
    case "function": {
      const signature = `${quoted(part.function)}(${part.argumentTypes.join(", ")})`;
      return dropDefined(
        tx,
        `routine ${signature}`,
        sql`select pg_get_functiondef(to_regprocedure(${signature})) as text`,
      );
    }
    case "trigger":
      return dropDefined(
        tx,
        `trigger ${quoted(part.trigger)} on ${quoted(part.table)}`,
        sql`select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = to_regclass(${quoted(part.table)}) and tgname = ${part.trigger}`,
      );
    case "constraint":
      return trashConstraint(tx, part.table, part.constraint);
  }
}

async function trashTable(tx: Transaction, table: string, { schema, trash }: Schemas): Promise<TrashedPart> {
  if (!(await has(tx, sql`select to_regclass(${quoted(table)}) is not null as has`))) return GONE;
  await rehearse(tx, `drop table ${quoted(table)}`);
  await run(tx, `alter table ${quoted(table)} set schema ${quoted(trash)}`);
  const moved = `${quoted(trash)}.${quoted(table)}`;
  return {
    restore: [`alter table ${moved} set schema ${quoted(schema)}`],
    remove: `drop table if exists ${moved}`,
  };
}

/** Stays with its values under a name that nobody asks for; rows without one may be written from now on. */
async function trashColumn(tx: Transaction, table: string, column: string): Promise<TrashedPart> {
  const there = sql`select exists (select from pg_attribute
    where attrelid = to_regclass(${quoted(table)}) and attname = ${column} and not attisdropped) as has`;
  if (!(await has(tx, there))) return GONE;
  const hidden = quoted(`octavo_trash_${column}`.slice(0, 63));
  const alter = `alter table ${quoted(table)}`;
  await rehearse(tx, `${alter} drop column ${quoted(column)}`);
  await run(tx, `${alter} alter column ${quoted(column)} drop not null`);
  await run(tx, `${alter} rename column ${quoted(column)} to ${hidden}`);
  return {
    restore: [`${alter} rename column ${hidden} to ${quoted(column)}`],
    remove: `${alter} drop column if exists ${hidden}`,
  };
}

async function trashConstraint(tx: Transaction, table: string, constraint: string): Promise<TrashedPart> {
  const found = await tx.row<{ text: string; kind: string }>(
    sql`select pg_get_constraintdef(oid) as text, contype::text as kind from pg_constraint
      where conrelid = to_regclass(${quoted(table)}) and conname = ${constraint}`,
  );
  if (found === null) return GONE;
  await run(tx, `alter table ${quoted(table)} drop constraint ${quoted(constraint)}`);
  const isLate = ["c", "f"].includes(found.kind) && !found.text.endsWith("NOT VALID");
  const definition = isLate ? `${found.text} not valid` : found.text;
  return {
    restore: [`alter table ${quoted(table)} add constraint ${quoted(constraint)} ${definition}`],
    remove: null,
  };
}

async function dropDefined(tx: Transaction, what: string, definition: Statement): Promise<TrashedPart> {
  const found = await tx.row<{ text: string | null }>(definition);
  if (found === null || found.text === null) return GONE;
  await run(tx, `drop ${what}`);
  return { restore: [found.text], remove: null };
}

/** What something else rests on would follow the rename, and could not go when the retention is over: it is refused now. */
async function rehearse(tx: Transaction, text: string): Promise<void> {
  const enough = new Error("the rehearsal went well");
  await tx
    .attempt(async () => {
      await run(tx, text);
      throw enough;
    })
    .catch((error: unknown) => {
      if (error !== enough) throw error;
    });
}

const GONE: TrashedPart = { restore: [], remove: null };

/** Brings a part back.
 * @throws StepStop where its retention is over */
export async function restorePart(tx: Transaction, stepId: string, part: TrashedPart): Promise<void> {
  if (part.restore.length > 0 && part.isRemoved === true) {
    const message = `The retention of "${stepId}" is over; only a restore of the database brings it back.`;
    throw new StepStop({ kind: "step-failed", stepId, sqlState: null, message });
  }
  for (const text of part.restore) await run(tx, text);
}

async function has(tx: Transaction, statement: Statement): Promise<boolean> {
  return (await tx.row<{ has: boolean }>(statement))?.has ?? false;
}

async function run(tx: Transaction, text: string): Promise<void> {
  await tx.run({ text, values: [] });
}

function quoted(text: string): string {
  return name(text).quoted;
}
