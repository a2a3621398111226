import { sql, type Transaction } from "@octavo/database";
import type { AddedObject } from "../ledger/ledger-row.ts";

/** What a step can add to a schema, by kind and name. The ledger and what belongs to another object (a key's index, an identity's
 * sequence) are left out. Later ones may rest on earlier ones. */
export function schemaObjects(tx: Transaction): Promise<readonly AddedObject[]> {
  return tx.rows<AddedObject>(OBJECTS);
}

/** What is there now and was not there before, newest first: the order of removal. */
export function addedSince(
  before: readonly AddedObject[],
  after: readonly AddedObject[],
): readonly AddedObject[] {
  const had = new Set(before.map(keyOf));
  const added = after.filter((object) => !had.has(keyOf(object)));
  const tables = new Set(added.filter(({ kind }) => kind === "table").map(({ name }) => name));
  // What is on a table goes with it.
  return added
    .filter(({ table }) => table === undefined || table === null || !tables.has(table))
    .toReversed();
}

function keyOf({ kind, name, table }: AddedObject): string {
  return JSON.stringify([kind, table ?? null, name]);
}

const OBJECTS = sql`
  with here as (select oid from pg_namespace where nspname = current_schema())
  select kind, name, "table" from (
    select c.oid, case c.relkind when 'v' then 'view' when 'S' then 'sequence' when 'c' then 'type' else 'table' end as kind,
      quote_ident(c.relname) as name, null as "table"
    from pg_class c where c.relnamespace = (select oid from here) and c.relkind in ('r', 'p', 'v', 'S', 'c')
      and c.relname not in ('octavo_migration', 'octavo_step', 'octavo_shipped')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))
    union all
    select c.oid, 'column', quote_ident(a.attname), quote_ident(c.relname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = (select oid from here) and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    union all
    select o.oid, 'constraint', quote_ident(o.conname), quote_ident(c.relname)
    from pg_constraint o join pg_class c on c.oid = o.conrelid
    where o.connamespace = (select oid from here) and o.contype in ('c', 'f', 'p', 'u', 'x')
    union all
    select i.indexrelid, 'index', quote_ident(c.relname), quote_ident(t.relname)
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where c.relnamespace = (select oid from here) and t.relkind in ('r', 'p')
      and not exists (select from pg_constraint o where o.conindid = i.indexrelid and o.contype in ('p', 'u', 'x'))
    union all
    select g.oid, 'trigger', quote_ident(g.tgname), quote_ident(c.relname)
    from pg_trigger g join pg_class c on c.oid = g.tgrelid where c.relnamespace = (select oid from here) and not g.tgisinternal
    union all
    select p.oid, 'function', quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', null
    from pg_proc p where p.pronamespace = (select oid from here)
    union all
    select t.oid, 'type', quote_ident(t.typname), null from pg_type t where t.typnamespace = (select oid from here) and t.typtype = 'e'
  ) objects order by oid, kind, name`;
