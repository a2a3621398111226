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

// What is kept: a table for each tenant, searched with CQL. Id, version and metadata are added.
const rooms = collection("rooms", {
  schema: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 100 }),
      seats: Type.Integer({ minimum: 1 }),
      taken: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    { additionalProperties: false },
  ),
  indexes: [searchable.text("name", ["exact", "words"]), searchable.number("seats")],
  unique: [{ fields: ["name"] }],
});

// What is done besides keeping: in one transaction, or not at all.
const takeSeat = route({
  method: "POST",
  path: "/reading-rooms/{id}/seats",
  summary: "Takes a seat",
  permissionsRequired: ["reading-rooms.seats.post"],
  params: Type.Object({ id: Uuid }),
  answers: { 201: Type.Object({ left: Type.Integer() }) },
  handle: async ({ params, db, context }) => {
    const left = await db.tx(async (tx) => {
      const room = await rooms.get(tx, params.id);
      const taken = (room.taken ?? 0) + 1;
      if (taken > room.seats) throw conflict(`${room.name} has no seat left`, "full");
      await rooms.replace(tx, params.id, { ...room, taken }, context);
      return room.seats - taken;
    });
    context.log.info({ roomId: params.id, left }, "seat taken");
    return { status: 201, body: { left } };
  },
});

export const readingRooms = defineModule({
  name: "octavo-reading-rooms",
  version: "1.0.0",
  title: "Reading rooms",
  parts: [collections(rooms)],
  interfaces: [
    defineInterface("reading-rooms", "1.0", [
      ...crudRoutes(rooms, { path: "/reading-rooms", permissions: "reading-rooms", listName: "rooms" }),
      takeSeat,
    ]),
  ],
});
