import { listJson, piecesWithin, Refusal, type Route, route, sql, streamed, Type } from "@octavo/module-kit";
import type { LockOut } from "./login-config.ts";
import { logEvents } from "./records.ts";
import { tenantSettings } from "./tenant-settings.ts";

const path = "/authn/log/events";
const configuration = "configuration.entries.item.get";
const Count = Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }));
const Said = Type.Object({ message: Type.String() });

/** Events of sign-in and of passwords. Where the tenant logs none (EVENT_LOG, STATUS) each of these is 204. */
export function logEventRoutes(defaults: LockOut): readonly Route[] {
  return [
    route({
      method: "GET",
      path,
      summary: "Lists events",
      permissionsRequired: ["login.event.collection.get"],
      modulePermissions: [configuration],
      query: Type.Object({ query: Type.Optional(Type.String()), length: Count, start: Count }),
      answers: {
        200: Type.Object({ loggingEvent: Type.Array(logEvents.schema), totalRecords: Type.Integer() }),
        204: null,
      },
      handle: async ({ query: { query = null, length = 10, start = 1 }, calls, db }) => {
        if ((await tenantSettings(calls, defaults)).loggedEvents === null) return { status: 204 };
        const wanted = { query, limit: length, offset: start - 1, totalRecords: "exact" as const };
        const shape = { listName: "loggingEvent", hasResultInfo: false };
        const pieces = await piecesWithin(db, (tx) => listJson(shape, logEvents.searchTexts(tx, wanted)));
        return { status: 200, body: streamed(pieces) };
      },
    }),
    route({
      method: "POST",
      path,
      summary: "Logs an event",
      permissionsRequired: ["login.event.collection.post"],
      modulePermissions: ["users.collection.get", "configuration.entries.collection.get", configuration],
      body: logEvents.schema,
      answers: { 201: Said, 204: null },
      handle: async ({ body, calls, context, db }) => {
        const event = body as Parameters<typeof logEvents.create>[1]; // as: the schema is this collection's
        const { loggedEvents } = await tenantSettings(calls, defaults);
        if (loggedEvents?.has(event.eventType) !== true) return { status: 204 };
        const { id: _, ...content } = event;
        const { id } = await db.tx((tx) => logEvents.create(tx, content, context));
        return {
          status: 201,
          body: { message: `Event id: ${id} was successfully saved to event log` },
        };
      },
    }),
    route({
      method: "DELETE",
      path: `${path}/{id}`,
      summary: "Deletes the events of a user",
      permissionsRequired: ["login.event.delete"],
      modulePermissions: [configuration],
      answers: { 200: Said, 204: null },
      handle: async ({ params: { id: userId }, calls, db }) => {
        if ((await tenantSettings(calls, defaults)).loggedEvents === null) return { status: 204 };
        const deleted = await db.tx((tx) =>
          tx.run(sql`delete from event_logs where jsonb ->> 'userId' = ${userId}`),
        );
        if (deleted > 0) {
          return { status: 200, body: { message: "Event was successfully deleted from event log" } };
        }
        const message = `Event Config with \`userId\`: \`${userId}\` was not found in the db`;
        return new Refusal(404, [{ message, code: "not-found" }]);
      },
    }),
  ];
}
