import { type Place, type ReadTransaction, type Sql, sql } from "@octavo/database";

/** Everything that a schema is, one line for each thing, sorted: what two tenants of one version must have alike. Rows are not in it, nor
 * the order of columns, which is another one where a table was made at once. The schema's name reads `<schema>` in all of it. */
export async function dumpSchema(tx: ReadTransaction, { schema }: Place): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const query of QUERIES) {
    const rows = await tx.rows<{ line: string }>(
      sql`with here as (select oid from pg_namespace where nspname = ${schema}) ${query}`,
    );
    lines.push(...rows.map(({ line }) => line));
  }
  // The name stands in roles (`<schema>_owner`) and before names within definitions.
  const named = new RegExp(`(?<![A-Za-z0-9_])${schema}(?=_owner|[^A-Za-z0-9_]|$)`, "gu");
  return lines.map((line) => line.replaceAll(named, "<schema>")).sort();
}

const QUERIES: readonly Sql[] = [
  sql`select format('schema owner=%s acl=%s', pg_get_userbyid(nspowner), array(select a::text from unnest(nspacl) a order by 1)) as line
    from pg_namespace where oid = (select oid from here)`,
  sql`select format('default acl of %s for %s: %s', defaclobjtype, pg_get_userbyid(defaclrole), array(select a::text from unnest(defaclacl) a order by 1)) as line
    from pg_default_acl where defaclnamespace = (select oid from here)`,
  sql`select format('relation %s %s owner=%s acl=%s persistence=%s options=%s rls=%s comment=%s', relkind, relname, pg_get_userbyid(relowner),
      array(select a::text from unnest(relacl) a order by 1), relpersistence, reloptions, relrowsecurity, obj_description(oid, 'pg_class')) as line
    from pg_class where relnamespace = (select oid from here) and relkind not in ('i', 'I')`,
  sql`select format('column %s.%s %s collation=%s notnull=%s default=%s identity=%s generated=%s storage=%s acl=%s comment=%s', c.relname, a.attname,
      format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage,
      a.attacl, col_description(c.oid, a.attnum)) as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      left join pg_collation l on l.oid = a.attcollation
    where c.relnamespace = (select oid from here) and c.relkind in ('r', 'p', 'v', 'm', 'c') and a.attnum > 0 and not a.attisdropped`,
  sql`select format('constraint %s.%s %s valid=%s', c.relname, o.conname, pg_get_constraintdef(o.oid), o.convalidated) as line
    from pg_constraint o join pg_class c on c.oid = o.conrelid where o.connamespace = (select oid from here) and o.contype <> 'n'`,
  sql`select format('index %s valid=%s ready=%s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready) as line
    from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = (select oid from here)`,
  sql`select format('view %s %s', relname, pg_get_viewdef(oid)) as line
    from pg_class where relnamespace = (select oid from here) and relkind in ('v', 'm')`,
  sql`select format('function %s owner=%s acl=%s', pg_get_functiondef(oid), pg_get_userbyid(proowner), array(select a::text from unnest(proacl) a order by 1)) as line
    from pg_proc where pronamespace = (select oid from here) and prokind in ('f', 'p')`,
  sql`select format('trigger %s enabled=%s', pg_get_triggerdef(g.oid), g.tgenabled) as line
    from pg_trigger g join pg_class c on c.oid = g.tgrelid where c.relnamespace = (select oid from here) and not g.tgisinternal`,
  sql`select format('sequence %s %s from %s to %s by %s cycle=%s', c.relname, format_type(s.seqtypid, null), s.seqmin, s.seqmax, s.seqincrement, s.seqcycle) as line
    from pg_sequence s join pg_class c on c.oid = s.seqrelid where c.relnamespace = (select oid from here)`,
  sql`select format('type %s %s owner=%s values=%s', typname, typtype, pg_get_userbyid(typowner),
      array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder)) as line
    from pg_type t where typnamespace = (select oid from here) and typtype in ('e', 'd', 'r')`,
  sql`select format('other %s', pg_describe_object(classid, objid, 0)) as line from pg_depend
    where refclassid = 'pg_namespace'::regclass and refobjid = (select oid from here) and deptype = 'n'
      and classid not in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass,
        'pg_default_acl'::regclass)`,
];
