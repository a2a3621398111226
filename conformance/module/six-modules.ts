import { setTimeout as delay } from "node:timers/promises";
import {
  collection,
  collections,
  crudRoutes,
  defineInterface,
  defineModule,
  keyedWrite,
  requestKeys,
  route,
  searchable,
  sql,
  Type,
} from "@octavo/module-kit";
import { FirstCome } from "@octavo/testing/first-come";

/** With FIRST_COME connections for whoever comes first, as most pools have it, where it is set; for comparison. */
const turns = new FirstCome(Number(process.env["FIRST_COME"] ?? Infinity));

/** Six modules alike, each with collections of its own: what a tenant of a small library has. */

function shelves(number: number) {
  const path = `/shelf${number}` as const;
  const books = collection("book", {
    schema: Type.Object({ title: Type.String(), text: Type.Optional(Type.String()) }),
    indexes: [searchable.text("title", ["exact"]), searchable.text("text", ["words"])],
    unique: [{ fields: ["title"] }],
  });
  const readers = collection("reader", {
    schema: Type.Object({ name: Type.String() }),
    indexes: [searchable.text("name", ["exact"])],
  });
  const Book = Type.Object({ title: Type.String() });
  return defineModule({
    name: `octavo-shelf${number}`,
    version: "1.0.0",
    title: `Shelf ${number}`,
    parts: [collections(books, readers), requestKeys()],
    interfaces: [
      defineInterface(`shelf${number}`, "1.0", [
        ...crudRoutes(books, {
          path: `${path}/books`,
          permissions: `shelf${number}.books`,
          listName: "books",
        }),
        ...crudRoutes(readers, {
          path: `${path}/readers`,
          permissions: `shelf${number}.readers`,
          listName: "readers",
        }),
        route({
          method: "POST",
          path: `${path}/arrivals`,
          summary: "Adds a book once for an Idempotency-Key",
          permissionsRequired: [`shelf${number}.books.item.post`],
          body: Book,
          answers: { 201: Type.Object({ id: Type.String() }) },
          handle: (call) =>
            keyedWrite(call, `POST ${path}/arrivals`, async (tx) => {
              const { id } = await books.create(tx, call.body, call.context);
              return { status: 201 as const, body: { id } };
            }),
        }),
        route({
          method: "GET",
          path: `${path}/slow`,
          summary: "Keeps a connection for as long as it is told",
          query: Type.Object({ ms: Type.Integer({ minimum: 0, maximum: 5_000 }) }),
          answers: { 204: null },
          handle: async ({ db, query: { ms } }) => {
            await turns.take(() =>
              db.read(async (tx) => {
                await tx.rows(sql`select 1`);
                await delay(ms);
              }),
            );
            return { status: 204 };
          },
        }),
      ]),
    ],
  });
}

export const shelf1 = shelves(1);
export const shelf2 = shelves(2);
export const shelf3 = shelves(3);
export const shelf4 = shelves(4);
export const shelf5 = shelves(5);
export const shelf6 = shelves(6);
