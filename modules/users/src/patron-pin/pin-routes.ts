import { Refusal, type Route, route, sql, Type, Uuid } from "@octavo/module-kit";
import { hashPin, isPin } from "./pin-hash.ts";
import { pins } from "./pins.ts";

const WithPin = Type.Object({ id: Uuid, pin: Type.String({ minLength: 1, maxLength: 1000 }) });

export const pinRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/patron-pin",
    summary: "Sets the pin of a user",
    permissionsRequired: ["patron-pin.set"],
    body: WithPin,
    answers: { 201: null },
    handle: async ({ body: { id, pin }, db, context }) => {
      const hash = await hashPin(pin);
      await db.tx((tx) => pins.upsert(tx, [{ id, pin: hash }], context, "all"));
      return { status: 201 };
    },
  }),
  route({
    method: "DELETE",
    path: "/patron-pin",
    summary: "Takes the pin of a user away, if there is one",
    permissionsRequired: ["patron-pin.delete"],
    body: Type.Object({ id: Uuid, pin: Type.Optional(Type.String()) }),
    answers: { 200: null },
    handle: async ({ body: { id }, db }) => {
      await db.tx((tx) => tx.run(sql`delete from patronpin where id = ${id}::uuid`));
      return { status: 200 };
    },
  }),
  route({
    method: "POST",
    path: "/patron-pin/verify",
    summary: "Says whether this is the pin of a user",
    permissionsRequired: ["patron-pin.validate"],
    body: WithPin,
    answers: { 200: null },
    handle: async ({ body: { id, pin }, db }) => {
      const stored = await db.read((tx) => pins.find(tx, id));
      // Without one as long as with another: nobody learns who has a pin.
      const isRight = await isPin(pin, id.toLowerCase(), stored?.pin ?? NO_PIN);
      return isRight && stored !== null ? { status: 200 } : notThePin();
    },
  }),
];

const NO_PIN = `argon2id$${Buffer.alloc(16).toString("base64")}$${Buffer.alloc(32).toString("base64")}`;

function notThePin(): Refusal {
  return new Refusal(422, [{ message: "Pin not valid", code: "pin-not-valid" }]);
}
