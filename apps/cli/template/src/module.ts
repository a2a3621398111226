import {
  collection,
  collections,
  conflict,
  crudRoutes,
  defineInterface,
  defineModule,
  route,
  searchable,
  Type,
  Uuid,
} from "@octavo/module-kit";

/** What this module keeps: a table with these indexes, searched with CQL. */
const items = collection("items", {
  schema: Type.Object({
    name: Type.String({ minLength: 1 }),
    left: Type.Integer({ minimum: 0 }),
  }),
  indexes: [searchable.text("name", ["exact", "words"])],
  unique: [{ fields: ["name"] }],
});

/** What it does besides keeping them: written in one transaction, or not at all. */
const take = route({
  method: "POST",
  path: "/example/{id}/take",
  summary: "Takes one",
  permissionsRequired: ["example.take.post"],
  params: Type.Object({ id: Uuid }),
  answers: { 200: Type.Object({ left: Type.Integer() }) },
  handle: async ({ params, db, context }) => {
    const left = await db.tx(async (tx) => {
      const item = await items.get(tx, params.id);
      if (item.left === 0) throw conflict(`${item.name} has run out`, "run-out");
      await items.replace(tx, params.id, { ...item, left: item.left - 1 }, context);
      return item.left - 1;
    });
    return { status: 200, body: { left } };
  },
});

export const module = defineModule({
  name: "octavo-example",
  version: "1.0.0",
  title: "Example",
  parts: [collections(items)],
  interfaces: [
    defineInterface("example", "1.0", [
      ...crudRoutes(items, { path: "/example", permissions: "example", listName: "items" }),
      take,
    ]),
  ],
});
