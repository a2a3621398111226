import { isDeepStrictEqual } from "node:util";
import { type Calls, type CallError, invalid, passedOn, type Refusal, Type } from "@octavo/module-kit";
import { fewAtOnce } from "../storage/few-at-once.ts";
import { rowsById, rowsWhere, storageLists } from "../storage/storage-lists.ts";
import type { RelationRequest } from "./relation-requests.ts";

const AT_ONCE = 8;

/** The other end of each kind of relation, as clients name it, and what it is called in a refusal. */
const others = {
  parentInstances: ["superInstanceId", "Super"],
  childInstances: ["subInstanceId", "Sub"],
  precedingTitles: ["precedingInstanceId", "Preceding"],
  succeedingTitles: ["succeedingInstanceId", "Succeeding"],
} as const;

/** Before anything is written: one call for fifty relations.
 * @returns 422 for a relation to an instance that there is not
 * @throws Refusal where storage cannot be read */
export async function refuseUnknownInstances(
  calls: Calls,
  requests: readonly RelationRequest[],
): Promise<Refusal | null> {
  const related = requests.flatMap(({ list, body }) => {
    const [field, name] = others[list];
    const id = body[field];
    return typeof id === "string" ? [{ field, name, id }] : [];
  });
  const known = await rowsById(
    calls,
    storageLists.instances,
    related.map(({ id }) => id),
  );
  const unknown = related.find(({ id }) => !known.has(id.toLowerCase()));
  if (unknown === undefined) return null;
  return invalid(unknown.field, unknown.id, `${unknown.name} instance does not exist`);
}

/** Stores the relations of a new instance: all or none.
 * @returns storage's refusal of the first that it did not take */
export async function createAllRelations(
  calls: Calls,
  requests: readonly RelationRequest[],
): Promise<Refusal | null> {
  const outcomes = await fewAtOnce(requests, AT_ONCE, async ({ path, body, shown }) => {
    const posted = await calls.send({ method: "POST", path, body, answer: Type.Unknown() });
    return { path: `${path}/${shown.id}`, error: posted.ok ? null : posted.error };
  });
  const failed = outcomes.find(({ error }) => error !== null)?.error ?? null;
  if (failed === null) return null;
  const stored = outcomes.filter(({ error }) => error === null);
  await fewAtOnce(stored, AT_ONCE, ({ path }) =>
    calls.send({ method: "DELETE", path, answer: Type.Unknown() }),
  );
  return passedOn(failed, "inventory-storage");
}

/** Makes the relations of an instance what they are to be: those that are new are stored, those that differ are replaced, the others are deleted.
 * @throws Refusal of storage; a relation that was refused keeps none of those before it */
export async function replaceRelations(
  calls: Calls,
  instanceId: string,
  requests: readonly RelationRequest[],
): Promise<void> {
  const { relationships, titles } = storageLists;
  const read = await Promise.all([
    rowsWhere(calls, relationships, "subInstanceId", [instanceId]),
    rowsWhere(calls, relationships, "superInstanceId", [instanceId]),
    rowsWhere(calls, titles, "succeedingInstanceId", [instanceId]),
    rowsWhere(calls, titles, "precedingInstanceId", [instanceId]),
  ]);
  const [parents, children, preceding, succeeding] = read;
  const stored = new Map<string, Row>([
    ...[...parents, ...children].map((row) => [row.id, { path: relationships.path, fields: row }] as const),
    ...[...preceding, ...succeeding].map((row) => [row.id, { path: titles.path, fields: row }] as const),
  ]);
  const written = requests.flatMap(({ path, body, shown }): readonly Write[] => {
    const before = stored.get(shown.id);
    if (before === undefined) return [{ method: "POST", path, body }];
    if (isSame(before.fields, body)) return [];
    return [{ method: "PUT", path: `${path}/${shown.id}`, body }];
  });
  const wanted = new Set(requests.map(({ shown }) => shown.id));
  const dropped = [...stored].flatMap(([id, { path }]): readonly Write[] =>
    wanted.has(id) ? [] : [{ method: "DELETE", path: `${path}/${id}` }],
  );
  await fewAtOnce([...written, ...dropped], AT_ONCE, async (request) => {
    const sent = await calls.send({ ...request, answer: Type.Unknown() });
    if (!sent.ok && !isGone(request.method, sent.error)) throw passedOn(sent.error, "inventory-storage");
  });
}

interface Write {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Row["fields"];
}

interface Row {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A title that is an instance of its own is shown with that one's title, hrid and identifiers; that they come back is no change. */
function isSame(stored: Row["fields"], wanted: Row["fields"]): boolean {
  const isConnected =
    typeof stored["precedingInstanceId"] === "string" && typeof stored["succeedingInstanceId"] === "string";
  const shown = isConnected ? new Set(["title", "hrid", "identifiers"]) : new Set<string>();
  const told = (fields: Row["fields"]) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "metadata" && !shown.has(name)));
  return isDeepStrictEqual(told(stored), told(wanted));
}

/** Deleted by somebody else meanwhile: so it is as wanted. */
function isGone(method: Write["method"], error: CallError): boolean {
  return method === "DELETE" && error.kind === "refused" && error.status === 404;
}
