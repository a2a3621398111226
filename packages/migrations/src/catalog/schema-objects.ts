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

/** Found by what depends on the schema, for which there is an index: the catalogues themselves have none by schema, and hold what all tenants of the
 * database have. */
const OBJECTS = sql`
  with here as materialized (
    select d.classid, d.objid from pg_depend d join pg_namespace n on n.oid = d.refobjid
    where d.refclassid = 'pg_namespace'::regclass and n.nspname = current_schema()
  ), relations as materialized (
    select c.oid, c.relname, c.relkind from here join pg_class c on c.oid = here.objid where here.classid = 'pg_class'::regclass
  ), tables as materialized (select oid, relname from relations where relkind in ('r', 'p'))
  select kind, name, "table" from (
    select c.oid, case c.relkind when 'v' then 'view' when 'S' then 'sequence' when 'c' then 'type' else 'table' end as kind,
      quote_ident(c.relname) as name, null as "table"
    from relations c where c.relkind in ('r', 'p', 'v', 'S', 'c')
      and c.relname not in ('octavo_migration', 'octavo_step', 'octavo_shipped')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))
    union all
    select c.oid, 'column', quote_ident(a.attname), quote_ident(c.relname)
    from tables c join pg_attribute a on a.attrelid = c.oid where a.attnum > 0 and not a.attisdropped
    union all
    select o.oid, 'constraint', quote_ident(o.conname), quote_ident(c.relname)
    from tables c join pg_constraint o on o.conrelid = c.oid where o.contype in ('c', 'f', 'p', 'u', 'x')
    union all
    select i.indexrelid, 'index', quote_ident(c.relname), quote_ident(t.relname)
    from tables t join pg_index i on i.indrelid = t.oid join pg_class c on c.oid = i.indexrelid
    where not exists (select from pg_constraint o where o.conrelid = t.oid and o.conindid = i.indexrelid and o.contype in ('p', 'u', 'x'))
    union all
    select g.oid, 'trigger', quote_ident(g.tgname), quote_ident(c.relname)
    from tables c join pg_trigger g on g.tgrelid = c.oid where not g.tgisinternal
    union all
    select p.oid, 'function', quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', null
    from here join pg_proc p on p.oid = here.objid where here.classid = 'pg_proc'::regclass
    union all
    select t.oid, 'type', quote_ident(t.typname), null
    from here join pg_type t on t.oid = here.objid where here.classid = 'pg_type'::regclass and t.typtype = 'e'
  ) objects order by oid, kind, name`;
