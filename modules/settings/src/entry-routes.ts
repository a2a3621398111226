import {
  badRequest,
  Duplicate,
  forbidden,
  listJson,
  notFound,
  piecesWithin,
  type Route,
  route,
  streamed,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { mayAccess, readableBy } from "./access.ts";
import { entries, Entry } from "./entries.ts";

const path = "/settings/entries";
const params = Type.Object({ id: Uuid });
const reading = ["global", "users", "owner"].map((whose) => `mod-settings.${whose}.read.*`);
export const writing = ["global", "users", "owner"].map((whose) => `mod-settings.${whose}.write.*`);
/** As mod-settings has it. */
const bodyLimitBytes = 64 * 1024;
const MAX_INTEGER = 2_147_483_647;

const Entries = Type.Object({
  items: Type.Array(Entry),
  resultInfo: Type.Object({}, { additionalProperties: true }),
});

/** Whoever may not write in a scope is refused; whoever may not read, or changes what is not there for him, is told that it is not there
 * (mod-settings 1.0, MainVerticleTest). */
export const entryRoutes: readonly Route[] = [
  route({
    method: "POST",
    path,
    summary: "Creates a setting",
    permissionsRequired: ["mod-settings.entries.item.post"],
    permissionsDesired: writing,
    body: Entry,
    bodyLimitBytes,
    answers: { 204: null },
    handle: async ({ body, context, db }) => {
      if (!mayAccess("write", body, context)) return notYours(body.scope);
      try {
        await db.tx((tx) => entries.create(tx, body, context));
      } catch (cause) {
        if (cause instanceof Duplicate) return forbidden("There is such a setting already");
        throw cause;
      }
      return { status: 204 };
    },
  }),
  route({
    method: "GET",
    path,
    summary: "Lists the settings that the caller may read",
    permissionsRequired: ["mod-settings.entries.collection.get"],
    permissionsDesired: reading,
    query: Type.Object({
      query: Type.Optional(Type.String()),
      offset: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: 0 }),
      limit: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: 10 }),
    }),
    answers: { 200: Entries },
    handle: async ({ query, context, db }) => {
      const within = readableBy(context);
      if (within === null)
        return forbidden("No permission opens a scope: mod-settings.global.read.SCOPE ...");
      const wanted = { ...query, query: query.query ?? null, totalRecords: "exact" as const, within };
      const shape = { listName: "items", hasResultInfo: "alone" as const };
      const pieces = await piecesWithin(db, (tx) => listJson(shape, entries.searchTexts(tx, wanted)));
      return { status: 200, body: streamed(pieces) };
    },
  }),
  route({
    method: "GET",
    path: `${path}/{id}`,
    summary: "Gives a setting",
    permissionsRequired: ["mod-settings.entries.item.get"],
    permissionsDesired: reading,
    params,
    answers: { 200: Entry },
    handle: async ({ params: { id }, context, db }) => {
      const found = await db.read((tx) => entries.find(tx, id));
      if (found === null || !mayAccess("read", found, context)) return notFound("setting", id);
      return { status: 200, body: found };
    },
  }),
  route({
    method: "PUT",
    path: `${path}/{id}`,
    summary: "Replaces a setting",
    permissionsRequired: ["mod-settings.entries.item.put"],
    permissionsDesired: writing,
    params,
    body: Entry,
    bodyLimitBytes,
    answers: { 204: null },
    handle: async ({ params: { id }, body, context, db }) => {
      if (body.id.toLowerCase() !== id.toLowerCase())
        return badRequest("The id of the body is not the path's");
      if (!mayAccess("write", body, context)) return notYours(body.scope);
      try {
        await db.tx(async (tx) => {
          const stored = await entries.get(tx, id);
          // mod-settings looks at the new owner only, so that somebody's setting could be taken by whoever knows its id.
          if (!mayAccess("write", stored, context)) throw notFound("setting", id);
          await entries.replace(tx, id, body, context);
        });
      } catch (cause) {
        if (cause instanceof Duplicate) return notFound("setting", id);
        throw cause;
      }
      return { status: 204 };
    },
  }),
  route({
    method: "DELETE",
    path: `${path}/{id}`,
    summary: "Deletes a setting",
    permissionsRequired: ["mod-settings.entries.item.delete"],
    permissionsDesired: writing,
    params,
    answers: { 204: null },
    handle: async ({ params: { id }, context, db }) => {
      await db.tx(async (tx) => {
        const stored = await entries.get(tx, id);
        if (!mayAccess("write", stored, context)) throw notFound("setting", id);
        await entries.delete(tx, id);
      });
      return { status: 204 };
    },
  }),
];

export function notYours(scope: string) {
  return forbidden(`The caller may not write settings of the scope ${scope}`);
}
