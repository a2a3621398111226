import { join, type ReadTransaction, sql, type Sql, type Stored } from "@octavo/module-kit";
import type { Note } from "./notes-collection.ts";

export interface Linked {
  readonly domain: string;
  readonly link: { readonly id: string; readonly type: string };
  readonly status: "assigned" | "unassigned" | "all";
  /** Part of title and content, capitals or not; null: all of them. */
  readonly search: string | null;
  /** Names; none: of all types. */
  readonly noteTypes: readonly string[];
  /** Null: in no order. */
  readonly orderBy: "title" | "content" | "noteType" | "updatedDate" | null;
  /** Null: upwards, but the newest first. */
  readonly order: "asc" | "desc" | null;
  readonly offset: number;
  readonly limit: number;
}

/** Title and content without its tags: what is searched and sorted by. */
const text = sql`lower(note.jsonb ->> 'title' || ' ' || regexp_replace(coalesce(note.jsonb ->> 'content', ''), '<[^>]+>', '', 'g'))`;

const keys: Readonly<Record<NonNullable<Linked["orderBy"]>, Sql>> = {
  title: sql`lower(note.jsonb ->> 'title')`,
  content: text,
  noteType: sql`lower(note_type.jsonb ->> 'name')`,
  updatedDate: sql`note.jsonb #>> '{metadata,updatedDate}'`,
};

export async function linked(tx: ReadTransaction, wanted: Linked) {
  const from = sql`from note join note_type on note_type.id = note.typeid where ${join(conditions(wanted), sql` and `)}`;
  const rows = await tx.rows<{ document: string }>(sql`
    select note.jsonb::text as document ${from} order by ${orderOf(wanted)}
    limit ${wanted.limit}::integer offset ${wanted.offset}::integer`);
  const row = await tx.row<{ count: number }>(sql`select count(*)::integer as count ${from}`);
  // as: nothing is stored but what the schema let in
  const found = rows.map(({ document }) => JSON.parse(document) as Stored<Note>);
  return { found, totalRecords: row?.count ?? 0 };
}

function conditions({ domain, link, status, search, noteTypes }: Linked): readonly Sql[] {
  const isLinked = sql`note.jsonb -> 'links' @> ${JSON.stringify([link])}::jsonb`;
  return [
    sql`note.jsonb ->> 'domain' = ${domain}::text`,
    ...(status === "assigned" ? [isLinked] : []),
    ...(status === "unassigned" ? [sql`(${isLinked}) is not true`] : []),
    ...(search === null ? [] : [sql`position(lower(${search}::text) in ${text}) > 0`]),
    ...(noteTypes.length === 0 ? [] : [sql`note_type.jsonb ->> 'name' = any(${noteTypes}::text[])`]),
  ];
}

/** Equals are in the order of their text, then of their ids, so that pages do not overlap. */
function orderOf({ orderBy, order }: Linked): Sql {
  if (orderBy === null) return sql`note.id`;
  const isDown = (order ?? (orderBy === "updatedDate" ? "desc" : "asc")) === "desc";
  return isDown ? sql`${keys[orderBy]} desc, ${text}, note.id` : sql`${keys[orderBy]}, ${text}, note.id`;
}
