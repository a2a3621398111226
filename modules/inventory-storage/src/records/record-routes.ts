import {
  badRequest,
  crudRoutes,
  keyedWrite,
  type Route,
  route,
  type TSchema,
  Type,
} from "@octavo/module-kit";
import type { InventoryRecord, RecordKind } from "./record-kind.ts";
import { createRecord, deleteRecord, deleteRecords, replaceRecord, writeBatch } from "./write-records.ts";
import { suppressionRefusal } from "./version-suppression.ts";

export interface RecordRoutesInput {
  /** "/item-storage/items". */
  readonly path: string;
  /** "inventory-storage.items". */
  readonly permissions: string;
  /** The property of a list, and of a batch, that holds the records. */
  readonly listName: string;
  /** A PUT of an id that is not there creates the record. */
  readonly putCreates?: boolean;
}

/** The six routes of instances, of holdings records and of items. */
export function recordRoutes<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  { path, permissions, listName, putCreates = false }: RecordRoutesInput,
): readonly Route[] {
  const reads = crudRoutes(kind.collection, { path, permissions, listName }).filter(
    ({ method }) => method === "GET",
  );
  const document: TSchema = kind.collection.schema;
  return [
    ...reads,
    route({
      method: "POST",
      path,
      summary: `Creates one of ${listName}`,
      permissionsRequired: [`${permissions}.item.post`],
      body: document,
      answers: { 201: document },
      handle: (call) =>
        keyedWrite(call, `POST ${path}`, async (tx) => {
          const created = await createRecord(kind, tx, call.body as T, call.context); // as: the schema is T's
          return { status: 201, headers: { location: `${path}/${created.id}` }, body: created };
        }),
    }),
    route({
      method: "PUT",
      path: `${path}/{id}`,
      summary: `Replaces one of ${listName}`,
      permissionsRequired: [`${permissions}.item.put`],
      body: document,
      answers: { 204: null },
      handle: (call) =>
        keyedWrite(call, `PUT ${path}/{id}`, async (tx) => {
          const { id } = call.params;
          const record = call.body as T; // as: the schema is T's
          const isThere = !putCreates || (await kind.collection.find(tx, id)) !== null;
          if (isThere) await replaceRecord(kind, tx, id, record, call.context);
          else await createRecord(kind, tx, { ...record, id }, call.context);
          return { status: 204 };
        }),
    }),
    route({
      method: "DELETE",
      path: `${path}/{id}`,
      summary: `Deletes one of ${listName}`,
      permissionsRequired: [`${permissions}.item.delete`],
      answers: { 204: null },
      handle: (call) =>
        keyedWrite(call, `DELETE ${path}/{id}`, async (tx) => {
          await deleteRecord(kind, tx, call.params.id);
          return { status: 204 };
        }),
    }),
    route({
      method: "DELETE",
      path,
      summary: `Deletes those of ${listName} that a query finds; cql.allRecords=1 deletes all`,
      permissionsRequired: [`${permissions}.collection.delete`],
      query: Type.Object({ query: Type.Optional(Type.String()) }),
      answers: { 204: null },
      handle: (call) => {
        const { query = "" } = call.query;
        if (query.trim() === "") return badRequest("Expected CQL but query parameter is empty");
        return keyedWrite(call, `DELETE ${path}`, async (tx) => {
          await deleteRecords(kind, tx, query);
          return { status: 204 };
        });
      },
    }),
  ];
}

export interface BatchRouteInput {
  readonly path: string;
  readonly permission: string;
  readonly listName: string;
  /** The `_version` of the records is not compared, where the operator allows it. */
  readonly ignoresVersions: boolean;
}

/** A batch that is stored whole or not at all. */
export function batchRoute<T extends InventoryRecord, Needed>(
  kind: RecordKind<T, Needed>,
  { path, permission, listName, ignoresVersions }: BatchRouteInput,
): Route {
  return route({
    method: "POST",
    path,
    summary: `Stores many of ${listName}, all or none`,
    permissionsRequired: [permission],
    query: Type.Object({ upsert: Type.Boolean({ default: false }) }),
    body: Type.Object({ [listName]: Type.Array(kind.collection.schema) }, { additionalProperties: false }),
    bodyLimitBytes: BATCH_BYTES,
    answers: { 201: null },
    handle: (call) => {
      const refusal = ignoresVersions ? suppressionRefusal() : null;
      if (refusal !== null) return refusal;
      const records = (call.body as Readonly<Record<string, readonly T[]>>)[listName] ?? []; // as: the schema says so
      const options = { isUpsert: call.query.upsert || ignoresVersions, ignoresVersions };
      return keyedWrite(call, `POST ${path}`, async (tx) => {
        await writeBatch(kind, tx, records, options, call.context);
        return { status: 201 };
      });
    },
  });
}

/** 10,000 records of some kilobytes. */
const BATCH_BYTES = 100 * 1024 ** 2;
