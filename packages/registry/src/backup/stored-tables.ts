import type { Client } from "pg";
import type { Column, TableHead } from "./backup-records.ts";

/** What ends with the processes that made it. */
const passing = ["instance"];

/** The tables of the schema octavo with the columns that are stored, each after those that it refers to. What a later
 * version adds is in it without a change here. */
export async function storedTables(client: Client): Promise<readonly TableHead[]> {
  const { rows } = await client.query<{
    table: string;
    columns: readonly Column[];
    after: readonly string[];
  }>(
    `select c.relname as "table",
       (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       coalesce((select json_agg(distinct other.relname) from pg_constraint k join pg_class other on other.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid), '[]') as "after"
     from pg_class c
     where c.relnamespace = 'octavo'::regnamespace and c.relkind = 'r' and c.relname <> all ($1)
     order by c.relname`,
    [[...passing, "migration"]],
  );
  const ordered: TableHead[] = [];
  const waiting = new Map(rows.map((row) => [row.table, row]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(({ after }) => after.every((other) => !waiting.has(other)));
    if (next === undefined) throw new Error("tables of the schema octavo refer to each other in a circle");
    waiting.delete(next.table);
    ordered.push({ table: next.table, columns: next.columns });
  }
  return ordered;
}

/** A name of ours in a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** How values are printed and read: the same on both sides, whatever a server's own settings are. */
export const printedPlainly = `set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
  set local extra_float_digits = 3; set local bytea_output = 'hex'`;
