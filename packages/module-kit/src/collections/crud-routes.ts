import type { Transaction } from "@octavo/database";
import { type TSchema, Type } from "typebox";
import { streamed } from "../definition/answer.ts";
import { type Route, route } from "../definition/route.ts";
import { notFound } from "../http/refusal.ts";
import { keyedWrite } from "../request-keys/index.ts";
import type { Author, Document, Stored } from "./document.ts";
import type { DocumentCollection } from "./document-collection.ts";
import { listJson } from "./list-json.ts";
import { piecesWithin } from "./pieces-within.ts";

export interface CrudInput {
  /** "/tags": the list; a document is at "/tags/{id}". */
  readonly path: string;
  /** "tags": permissions are tags.collection.get, tags.item.get, tags.item.post, tags.item.put, tags.item.delete. */
  readonly permissions: string;
  /** The property of a list that holds the documents. */
  readonly listName: string;
  /** Documents of a page whose client names no limit: 10, as RMB has it. */
  readonly defaultLimit?: number;
  /** Lists have `resultInfo` besides `totalRecords`. */
  readonly hasResultInfo?: boolean;
}

/** What a write does where it is more than storing: rules across fields, what else changes with it, what is told of it. A refusal that is
 * thrown (`throw invalid(...)`) is the answer, and nothing of the write is kept. */
export interface CrudWrites<T extends Document> {
  /** @returns the answer's body */
  create(tx: Transaction, document: T, author: Author): Promise<Stored<T>>;
  replace(tx: Transaction, id: string, document: T, author: Author): Promise<unknown>;
  delete(tx: Transaction, id: string, author: Author): Promise<unknown>;
}

const MAX_INTEGER = 2_147_483_647;

/** The five routes that FOLIO's storage modules have for documents of one kind. A write with an Idempotency-Key takes effect once.
 * @param writes in the place of the collection's own */
export function crudRoutes<T extends Document>(
  collection: DocumentCollection<T>,
  { path, permissions, listName, defaultLimit = 10, hasResultInfo = false }: CrudInput,
  writes: Partial<CrudWrites<T>> = {},
): readonly Route[] {
  const write: CrudWrites<T> = {
    create: (tx, document, author) => collection.create(tx, document, author),
    replace: (tx, id, document, author) => collection.replace(tx, id, document, author),
    delete: (tx, id) => collection.delete(tx, id),
    ...writes,
  };
  const item = `${path}/{id}`;
  const params = Type.Object({ id: Type.String() });
  const document: TSchema = collection.schema;
  const kind = collection.table.name;
  return [
    route({
      method: "GET",
      path,
      summary: `Lists ${listName}`,
      permissionsRequired: [`${permissions}.collection.get`],
      query: listQuery(defaultLimit),
      answers: { 200: listSchema(listName, document, hasResultInfo) },
      handle: async ({ query, db }) => {
        const pieces = await piecesWithin(db, (tx) =>
          listJson(
            { listName, hasResultInfo },
            collection.searchTexts(tx, { ...query, query: query.query ?? null }),
          ),
        );
        return { status: 200, body: streamed(pieces) };
      },
    }),
    route({
      method: "POST",
      path,
      summary: `Creates one of ${listName}`,
      permissionsRequired: [`${permissions}.item.post`],
      body: document,
      answers: { 201: document },
      handle: (call) =>
        keyedWrite(call, `POST ${path}`, async (tx) => {
          const created = await write.create(tx, call.body as T, call.context); // as: the schema is T's
          return { status: 201, headers: { location: `${path}/${created.id}` }, body: created };
        }),
    }),
    route({
      method: "GET",
      path: item,
      params,
      summary: `Gives one of ${listName}`,
      permissionsRequired: [`${permissions}.item.get`],
      answers: { 200: document },
      handle: async ({ params: { id }, db }) => {
        const found = await db.read((tx) => collection.find(tx, id));
        return found === null ? notFound(kind, id) : { status: 200, body: found };
      },
    }),
    route({
      method: "PUT",
      path: item,
      params,
      summary: `Replaces one of ${listName}`,
      permissionsRequired: [`${permissions}.item.put`],
      body: document,
      answers: { 204: null },
      handle: (call) =>
        keyedWrite(call, `PUT ${item}`, async (tx) => {
          await write.replace(tx, call.params.id, call.body as T, call.context); // as: the schema is T's
          return { status: 204 };
        }),
    }),
    route({
      method: "DELETE",
      path: item,
      params,
      summary: `Deletes one of ${listName}`,
      permissionsRequired: [`${permissions}.item.delete`],
      answers: { 204: null },
      handle: (call) =>
        keyedWrite(call, `DELETE ${item}`, async (tx) => {
          await write.delete(tx, call.params.id, call.context);
          return { status: 204 };
        }),
    }),
  ];
}

function listQuery(defaultLimit: number) {
  const mode = (each: "auto" | "exact" | "estimated" | "none") => Type.Literal(each);
  return Type.Object({
    query: Type.Optional(Type.String({ description: "CQL; without it everything" })),
    offset: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: defaultLimit }),
    totalRecords: Type.Union([mode("auto"), mode("exact"), mode("estimated"), mode("none")], {
      default: "auto",
    }),
  });
}

function listSchema(listName: string, document: TSchema, hasResultInfo: boolean): TSchema {
  return Type.Object({
    [listName]: Type.Array(document),
    totalRecords: Type.Optional(Type.Integer()),
    ...(hasResultInfo && { resultInfo: Type.Object({}, { additionalProperties: true }) }),
  });
}
