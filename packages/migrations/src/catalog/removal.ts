import { name, type Statement, type Transaction, sql } from "@octavo/database";
import type { AddedObject } from "../ledger/ledger-row.ts";
import { sqlStateOf } from "../run/sql-state.ts";

const STILL_USED = "2BP01";

/** Removes what a step has added. What others of them rest on goes after those. A table with rows goes to the trash, and what such a table
 * rests on with it.
 * @param makeTrash makes a schema of the trash; called when there is something for it
 * @throws the server's refusal where something that is not among them rests on one */
export async function removeObjects(
  tx: Transaction,
  objects: readonly AddedObject[],
  makeTrash: () => Promise<string>,
): Promise<void> {
  let trash: string | null = null;
  let left = objects;
  while (left.length > 0) {
    const refused: { readonly object: AddedObject; readonly error: unknown }[] = [];
    for (const object of left) {
      try {
        if (object.kind === "table" && (await hasRows(tx, object.name))) {
          trash ??= name(await makeTrash()).quoted;
          await tx.run(statement(`alter table ${object.name} set schema ${trash}`));
        } else {
          await tx.attempt(() => tx.run(statement(removalOf(object))));
        }
      } catch (error) {
        if (sqlStateOf(error) !== STILL_USED) throw error;
        refused.push({ object, error });
      }
    }
    if (refused.length === left.length) {
      if (trash === null) throw refused[0]?.error;
      for (const { object } of refused) await tx.run(statement(moveOf(object, trash)));
      return;
    }
    left = refused.map(({ object }) => object);
  }
}

function moveOf({ kind, name }: AddedObject, trash: string): string {
  return `alter ${kind === "function" ? "routine" : kind} ${name} set schema ${trash}`;
}

/** Names within an object are quoted already. */
function removalOf({ kind, name, table }: AddedObject): string {
  switch (kind) {
    case "trigger":
      return `drop trigger if exists ${name} on ${table}`;
    case "constraint":
      return `alter table ${table} drop constraint if exists ${name}`;
    case "column":
      return `alter table ${table} drop column if exists ${name}`;
    case "function":
      return `drop routine if exists ${name}`;
    case "view":
    case "index":
    case "table":
    case "sequence":
    case "type":
      return `drop ${kind} if exists ${name}`;
  }
}

async function hasRows(tx: Transaction, table: string): Promise<boolean> {
  const there = await tx.row<{ is: boolean }>(sql`select to_regclass(${table}) is not null as is`);
  if (there?.is !== true) return false;
  const found = await tx.row<{ has: boolean }>(statement(`select exists (select from ${table}) as has`));
  return found?.has ?? false;
}

function statement(text: string): Statement {
  return { text, values: [] };
}
