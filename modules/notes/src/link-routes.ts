import { type Route, route, sql, type Stored, type Transaction, Type, Uuid } from "@octavo/module-kit";
import { withTypes } from "./named-types.ts";
import { LONGEST_PAGE, page, Text } from "./list-query.ts";
import { type Note, notes } from "./notes-collection.ts";
import { linked, type Linked } from "./linked-notes.ts";

const literals = <const T extends readonly string[]>(values: T) =>
  Type.Union(values.map((value: T[number]) => Type.Literal(value)));

const Name = Type.String({ ...Text, maxLength: 255 });
const Change = Type.Object({ id: Uuid, status: literals(["ASSIGNED", "UNASSIGNED"]) });

/** Notes seen from what they are about: `type` and `id` name a package, a user ... of another module. */
export const linkRoutes: readonly Route[] = [
  route({
    method: "PUT",
    path: "/note-links/type/{type}/id/{id}",
    params: Type.Object({ type: Name, id: Name }),
    summary: "Says which notes are about something, and which are not any more",
    permissionsRequired: ["note.links.collection.put"],
    body: Type.Object({ notes: Type.Array(Change) }),
    answers: { 204: null },
    handle: async ({ params: { type, id }, body, context, db }) => {
      // Of a note that comes twice the first word counts.
      const wanted = new Map(
        body.notes.toReversed().map((change) => [change.id.toLowerCase(), change.status] as const),
      );
      await db.tx(async (tx) => {
        for (const note of await locked(tx, [...wanted.keys()])) {
          const others = (note.links ?? []).filter((link) => link.id !== id || link.type !== type);
          const links = wanted.get(note.id) === "ASSIGNED" ? [...others, { id, type }] : others;
          if (links.length === 0) await notes.delete(tx, note.id);
          else await notes.replace(tx, note.id, { ...note, links }, context);
        }
      });
      return { status: 204 };
    },
  }),
  route({
    method: "GET",
    path: "/note-links/domain/{domain}/type/{type}/id/{id}",
    params: Type.Object({ domain: Text, type: Name, id: Name }),
    summary: "Lists notes of a domain that are about something, or are not",
    permissionsRequired: ["notes.collection.get.by.status"],
    query: Type.Object({
      search: Type.Optional(Text), // part of title and content
      noteType: Type.Optional(Type.Array(Text, { description: "Names of types" })),
      status: Type.Optional(literals(["assigned", "unassigned", "all"])),
      orderBy: Type.Optional(literals(["title", "content", "noteType", "updatedDate"])),
      order: Type.Optional(literals(["asc", "desc"])),
      ...page,
    }),
    answers: { 200: Type.Object({ notes: Type.Array(notes.schema), totalRecords: Type.Integer() }) },
    handle: async ({ params: { domain, type, id }, query, db }) => {
      const { search, noteType, status, orderBy, order, offset, limit } = query;
      const wanted: Linked = {
        domain,
        link: { id, type },
        status: status ?? "all",
        search: search?.trim() === "" ? null : (search ?? null),
        noteTypes: noteType ?? [],
        orderBy: orderBy ?? null,
        order: order ?? null,
        offset,
        limit: Math.min(limit, LONGEST_PAGE),
      };
      const body = await db.read(async (tx) => {
        const { found, totalRecords } = await linked(tx, wanted);
        return { notes: await withTypes(tx, found), totalRecords };
      });
      return { status: 200, body };
    },
  }),
];

/** In the order of their ids, so that two requests do not wait in a circle; those that are not there are left out. */
async function locked(tx: Transaction, ids: readonly string[]): Promise<readonly Stored<Note>[]> {
  const rows = await tx.rows<{ document: string }>(sql`
    select jsonb::text as document from note where id = any(${ids}::uuid[]) order by id for no key update`);
  return rows.map(({ document }) => JSON.parse(document) as Stored<Note>); // nothing is stored but what the schema let in
}
