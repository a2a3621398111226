import {
  crudRoutes,
  Duplicate,
  Refusal,
  type Route,
  route,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { note } from "./audit.ts";
import { type Entry, entries } from "./entries.ts";

const path = "/configurations/entries";
const permissions = "configuration.entries";
const params = Type.Object({ id: Type.String() });
const reading = crudRoutes(entries, { path, permissions, listName: "configs", hasResultInfo: true }).filter(
  ({ method }) => method === "GET",
);

/** Each change is noted with it, for /configurations/audit. */
export const entryRoutes: readonly Route[] = [
  ...reading,
  route({
    method: "POST",
    path,
    summary: "Creates a setting",
    permissionsRequired: [`${permissions}.item.post`],
    body: entries.schema,
    answers: { 201: entries.schema },
    handle: async ({ body, context, db }) => {
      const entry = enabledUnlessTold(body);
      const created = await db
        .tx((tx) => make(tx, entry, context.userId))
        .catch((cause: unknown) => {
          throw cause instanceof Duplicate ? setAlready(entry) : cause;
        });
      return { status: 201, headers: { location: `${path}/${created.id}` }, body: created };
    },
  }),
  route({
    method: "PUT",
    path: `${path}/{id}`,
    params,
    summary: "Replaces a setting",
    permissionsRequired: [`${permissions}.item.put`],
    body: entries.schema,
    answers: { 204: null },
    handle: async ({ params: { id }, body, context, db }) => {
      await db.tx(async (tx) => {
        await note(tx, "U", await entries.replace(tx, id, enabledUnlessTold(body), context));
      });
      return { status: 204 };
    },
  }),
  route({
    method: "DELETE",
    path: `${path}/{id}`,
    params,
    summary: "Deletes a setting",
    permissionsRequired: [`${permissions}.item.delete`],
    answers: { 204: null },
    handle: async ({ params: { id }, db }) => {
      await db.tx(async (tx) => {
        const stored = await entries.get(tx, id);
        await entries.delete(tx, id);
        await note(tx, "D", stored);
      });
      return { status: 204 };
    },
  }),
];

async function make(tx: Transaction, entry: Entry, userId: string | null) {
  const created = await entries.create(tx, entry, { userId });
  await note(tx, "I", created);
  return created;
}

function enabledUnlessTold(body: unknown): Entry {
  const entry = body as Entry; // as: the schema is the collection's
  return { ...entry, enabled: entry.enabled ?? true };
}

/** The words of mod-configuration, which clients show. */
function setAlready(entry: Entry): Refusal {
  const message =
    "Cannot have more than one tenant or user record with the same module, config name and code";
  const parameters = (["module", "configName", "code", "userId"] as const).flatMap((key) => {
    const value = entry[key];
    return value === undefined ? [] : [{ key, value }];
  });
  return new Refusal(422, [{ message, parameters }]);
}
