import { type Route, route, Type } from "@octavo/module-kit";
import { cleanHtml } from "./clean-html.ts";
import { ListQuery, LONGEST_PAGE } from "./list-query.ts";
import { withTypes } from "./named-types.ts";
import { type Note, notes } from "./notes-collection.ts";
import { noSuch } from "./refusals.ts";
import { MetadataWithNames, withNames } from "./user-data.ts";

const path = "/notes";
/** Every route asks for this one too: notes of all domains. */
const allDomains = "notes.domain.all";
const users = ["users.item.get"];
const WithNames = Type.Intersect([notes.schema, Type.Object({ metadata: Type.Optional(MetadataWithNames) })]);

export const noteRoutes: readonly Route[] = [
  route({
    method: "GET",
    path,
    summary: "Lists notes",
    permissionsRequired: ["notes.collection.get", allDomains],
    query: ListQuery,
    answers: { 200: Type.Object({ notes: Type.Array(notes.schema), totalRecords: Type.Integer() }) },
    handle: async ({ query: { query = null, offset, limit }, db }) => {
      const wanted = { query, offset, limit: Math.min(limit, LONGEST_PAGE), totalRecords: "exact" as const };
      const body = await db.read(async (tx) => {
        const { documents, total } = await notes.search(tx, wanted);
        return { notes: await withTypes(tx, documents), totalRecords: total?.count ?? 0 };
      });
      return { status: 200, body };
    },
  }),
  route({
    method: "GET",
    path: `${path}/{id}`,
    summary: "Gives a note, with the names of those who wrote it",
    permissionsRequired: ["notes.item.get", allDomains],
    answers: { 200: WithNames },
    handle: async ({ params: { id }, calls, db }) => {
      const [found] = await db.read(async (tx) => {
        const note = await notes.find(tx, id);
        return note === null ? [] : await withTypes(tx, [note]);
      });
      if (found === undefined) return noSuch("Note", id);
      return { status: 200, body: await withNames(found, calls) };
    },
  }),
  route({
    method: "POST",
    path,
    summary: "Creates a note",
    permissionsRequired: ["notes.item.post", allDomains],
    modulePermissions: users,
    body: notes.schema,
    answers: { 201: WithNames },
    handle: async ({ body, context, calls, db }) => {
      const note = { popUpOnCheckOut: false, popUpOnUser: false, ...kept(body) };
      const created = await db.tx(async (tx) => {
        const stored = await notes.create(tx, note, context);
        return (await withTypes(tx, [stored]))[0] ?? stored;
      });
      const headers = { location: `${path}/${created.id}` };
      return { status: 201, headers, body: await withNames(created, calls) };
    },
  }),
  route({
    method: "PUT",
    path: `${path}/{id}`,
    summary: "Changes a note; one that is about nothing any more is deleted",
    permissionsRequired: ["notes.item.put", allDomains],
    modulePermissions: users,
    body: notes.schema,
    answers: { 204: null },
    handle: async ({ params: { id }, body, context, db }) => {
      const note = kept(body);
      await db.tx(async (tx) => {
        const stored = await notes.find(tx, id);
        if (stored === null) throw noSuch("Note", id);
        // What it does not name stays.
        if ((note.links ?? []).length > 0) await notes.replace(tx, id, { ...stored, ...note }, context);
        else await notes.delete(tx, id);
      });
      return { status: 204 };
    },
  }),
  route({
    method: "DELETE",
    path: `${path}/{id}`,
    summary: "Deletes a note",
    permissionsRequired: ["notes.item.delete", allDomains],
    answers: { 204: null },
    handle: async ({ params: { id }, db }) => {
      await db.tx(async (tx) => {
        if ((await notes.find(tx, id)) === null) throw noSuch("Note", id);
        await notes.delete(tx, id);
      });
      return { status: 204 };
    },
  }),
];

/** What is kept of what a client sends: without the type's name, with each link once, with clean HTML. */
function kept(body: unknown): Note {
  const { type: _type, content, links, ...note } = body as Note; // as: the schema is the collection's
  return {
    ...note,
    ...(content !== undefined && { content: cleanHtml(content) }),
    ...(links !== undefined && { links: once(links) }),
  };
}

function once(links: NonNullable<Note["links"]>): NonNullable<Note["links"]> {
  return [...new Map(links.map(({ id, type }) => [JSON.stringify([id, type]), { id, type }])).values()];
}
