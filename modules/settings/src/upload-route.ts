import { randomUUID } from "node:crypto";
import { Duplicate, type RequestContext, route, sql, type Transaction, Type } from "@octavo/module-kit";
import type { Static } from "@octavo/module-kit";
import { mayAccess } from "./access.ts";
import { entries, UploadedEntry } from "./entries.ts";
import { notYours, writing } from "./entry-routes.ts";

type Uploaded = Static<typeof UploadedEntry>;

/** Settings that are there get the value, the others are made. All or nothing: mod-settings keeps what it had written before the first
 * that it refuses. */
export const uploadRoute = route({
  method: "PUT",
  path: "/settings/upload",
  summary: "Creates and replaces settings by scope, key and user",
  permissionsRequired: ["mod-settings.entries.upload"],
  permissionsDesired: writing,
  body: Type.Array(UploadedEntry),
  answers: { 200: Type.Object({ inserted: Type.Integer(), updated: Type.Integer() }) },
  handle: async ({ body, context, db }) => {
    const refused = body.find((entry) => !mayAccess("write", entry, context));
    if (refused !== undefined) return notYours(refused.scope);
    const upload = (): Promise<number> => db.tx((tx) => write(tx, body, context));
    // Somebody else has made one of them since it was looked for: it is there now, and is replaced.
    const inserted = await upload().catch((cause: unknown) => {
      if (cause instanceof Duplicate) return upload();
      throw cause;
    });
    return { status: 200, body: { inserted, updated: body.length - inserted } };
  },
});

/** @returns how many were not there before */
async function write(tx: Transaction, uploaded: readonly Uploaded[], context: RequestContext) {
  // Of one that comes twice the last value stands.
  const wanted = [...new Map(uploaded.map((entry) => [identity(entry), entry])).entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, entry]) => entry);
  const ids = await idsOf(tx, wanted);
  // Rows are written in the order of ids. New ids are in the order of what must be there once, so that two who upload the same do not wait for
  // each other in a circle.
  const fresh = wanted.map(() => randomUUID()).toSorted();
  const documents = wanted.map((entry, at) => ({ ...entry, id: ids.get(at) ?? fresh[at] ?? randomUUID() }));
  const written = await entries.upsert(tx, documents, context, "all");
  return written.filter(({ kind }) => kind === "created").length;
}

function identity({ scope, key, userId }: Uploaded): string {
  return JSON.stringify([scope, key, userId?.toLowerCase() ?? null]);
}

/** @returns the ids of those that are there, by their place in `wanted` */
async function idsOf(tx: Transaction, wanted: readonly Uploaded[]): Promise<ReadonlyMap<number, string>> {
  const asked = JSON.stringify(
    wanted.map(({ scope, key, userId }, at) => ({ at, scope, key, owner: userId })),
  );
  const rows = await tx.rows<{ at: number; id: string }>(sql`
    select asked.at, settings.id
    from jsonb_to_recordset(${asked}::jsonb) as asked (at integer, scope text, key text, owner text)
    join settings on settings.jsonb ->> 'scope' = asked.scope and settings.jsonb ->> 'key' = asked.key
      and settings.jsonb ->> 'userId' is not distinct from asked.owner`);
  return new Map(rows.map(({ at, id }) => [at, id]));
}
