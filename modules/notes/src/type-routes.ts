import {
  type Document,
  type ReadTransaction,
  type Route,
  route,
  sql,
  type Stored,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { ListQuery, LONGEST_PAGE } from "./list-query.ts";
import { type NoteType, noteTypes } from "./note-types.ts";
import { nameTaken, noSuch, tooManyTypes } from "./refusals.ts";
import { typeLimit } from "./type-limit.ts";

const path = "/note-types";
const schema = noteTypes.schema;

export const typeRoutes: readonly Route[] = [
  route({
    method: "GET",
    path,
    summary: "Lists note types",
    permissionsRequired: ["note.types.collection.get"],
    query: ListQuery,
    answers: { 200: Type.Object({ noteTypes: Type.Array(schema), totalRecords: Type.Integer() }) },
    handle: async ({ query: { query = null, offset, limit }, db }) => {
      const wanted = { query, offset, limit: Math.min(limit, LONGEST_PAGE), totalRecords: "exact" as const };
      const body = await db.read(async (tx) => {
        const { documents, total } = await noteTypes.search(tx, wanted);
        return { noteTypes: await withUsage(tx, documents), totalRecords: total?.count ?? 0 };
      });
      return { status: 200, body };
    },
  }),
  route({
    method: "GET",
    path: `${path}/{typeId}`,
    summary: "Gives a note type",
    permissionsRequired: ["note.types.item.get"],
    answers: { 200: schema },
    handle: async ({ params: { typeId }, db }) => {
      const found = await db.read(async (tx) => {
        const type = await noteTypes.find(tx, typeId);
        return type === null ? [] : await withUsage(tx, [type]);
      });
      return found[0] === undefined ? noSuch("Note type", typeId) : { status: 200, body: found[0] };
    },
  }),
  route({
    method: "POST",
    path,
    summary: "Creates a note type",
    permissionsRequired: ["note.types.item.post"],
    modulePermissions: ["configuration.entries.collection.get", "users.item.get"],
    body: schema,
    answers: { 201: schema },
    handle: async ({ body, context, calls, db }) => {
      const limit = await typeLimit(calls);
      const type = withoutUsage(body);
      const created = await db
        .tx(async (tx) => {
          await requireRoom(tx, limit);
          return await noteTypes.create(tx, type, context);
        })
        .catch((cause: unknown) => {
          throw nameTaken(cause, type.name);
        });
      return { status: 201, headers: { location: `${path}/${created.id}` }, body: created };
    },
  }),
  route({
    method: "PUT",
    path: `${path}/{id}`,
    summary: "Renames a note type",
    permissionsRequired: ["note.types.item.put"],
    modulePermissions: ["users.item.get"],
    body: schema,
    answers: { 204: null },
    handle: async ({ params: { id }, body, context, db }) => {
      const type = withoutUsage(body);
      await db
        .tx(async (tx) => {
          if ((await noteTypes.find(tx, id)) === null) throw noSuch("Note type", id);
          await noteTypes.replace(tx, id, type, context);
        })
        .catch((cause: unknown) => {
          throw nameTaken(cause, type.name);
        });
      return { status: 204 };
    },
  }),
  route({
    method: "DELETE",
    path: `${path}/{id}`,
    summary: "Deletes a note type with its notes",
    permissionsRequired: ["note.types.item.delete"],
    answers: { 204: null },
    handle: async ({ params: { id }, db }) => {
      await db.tx(async (tx) => {
        if ((await noteTypes.find(tx, id)) === null) throw noSuch("Note type", id);
        await tx.run(sql`delete from note where typeid = ${id}::uuid`);
        await noteTypes.delete(tx, id);
      });
      return { status: 204 };
    },
  }),
];

/** Of two that come at once the second waits, so that the limit is one. */
async function requireRoom(tx: Transaction, limit: number): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.note_type', 0))`);
  const row = await tx.row<{ count: number }>(sql`select count(*)::integer as count from note_type`);
  if ((row?.count ?? 0) >= limit) throw tooManyTypes(limit);
}

async function withUsage<T extends Stored<Document>>(tx: ReadTransaction, types: readonly T[]) {
  const ids = types.map(({ id }) => id);
  const rows = await tx.rows<{ id: string }>(sql`
    select id from note_type
    where id = any(${ids}::uuid[]) and exists (select from note where note.typeid = note_type.id)`);
  const assigned = new Set(rows.map(({ id }) => id));
  return types.map((type) => ({ ...type, usage: { isAssigned: assigned.has(type.id) } }));
}

function withoutUsage(body: unknown): NoteType {
  const { usage: _usage, ...type } = body as NoteType; // as: the schema is the collection's
  return type;
}
