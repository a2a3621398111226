import {
  badRequest,
  defineInterface,
  type InterfaceDefinition,
  name,
  notFound,
  type ReadTransaction,
  route,
  sql,
  type Stored,
  Type,
} from "@octavo/module-kit";
import type { Item } from "../items/item-schema.ts";
import { items } from "../records/record-tables.ts";
import { viewPage, viewQuery } from "./view-query.ts";

const path = "/item-storage-dereferenced/items";
const permissions = "inventory-storage-dereferenced.items";
const Anything = Type.Object({}, { additionalProperties: true });

/** Which field of an item names a row of which table, and what the row is called in its place. */
const references = [
  { field: "materialTypeId", table: "material_type", as: "materialType" },
  { field: "permanentLoanTypeId", table: "loan_type", as: "permanentLoanType" },
  { field: "temporaryLoanTypeId", table: "loan_type", as: "temporaryLoanType" },
  { field: "permanentLocationId", table: "location", as: "permanentLocation" },
  { field: "temporaryLocationId", table: "location", as: "temporaryLocation" },
  { field: "effectiveLocationId", table: "location", as: "effectiveLocation" },
  { field: "holdingsRecordId", table: "holdings_record", as: "holdingsRecord" },
] as const;

export const dereferencedInterface: InterfaceDefinition = defineInterface(
  "item-storage-dereferenced",
  "1.0",
  [
    route({
      method: "GET",
      path,
      summary: "Lists items with the records that they name",
      permissionsRequired: [`${permissions}.collection.get`],
      query: Type.Object(viewQuery),
      answers: {
        200: Type.Object({ dereferencedItems: Type.Array(Anything), totalRecords: Type.Integer() }),
      },
      handle: async ({ query, db }) => ({
        status: 200,
        body: await db.read(async (tx) => {
          const { documents } = await items.search(tx, { ...viewPage(query), totalRecords: "none" });
          const dereferencedItems = await dereferenced(tx, documents);
          return { dereferencedItems, totalRecords: dereferencedItems.length }; // as mod-inventory-storage counts
        }),
      }),
    }),
    route({
      method: "GET",
      path: `${path}/{id}`,
      summary: "Gives an item with the records that it names",
      permissionsRequired: [`${permissions}.item.get`],
      answers: { 200: Anything },
      handle: async ({ params: { id }, db }) => {
        if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(id)) return badRequest("Invalid UUID");
        const body = await db.read(async (tx) => {
          const item = await items.find(tx, id);
          return item === null ? null : ((await dereferenced(tx, [item]))[0] ?? null);
        });
        return body === null ? notFound("item", id) : { status: 200, body };
      },
    }),
  ],
);

async function dereferenced(tx: ReadTransaction, all: readonly Stored<Item>[]): Promise<readonly object[]> {
  const rows = new Map<string, object>();
  for (const table of new Set(references.map((each) => each.table))) {
    const fields = references.filter((each) => each.table === table).map(({ field }) => field);
    const ids = all.flatMap((item) => fields.map((field) => item[field]).filter((id) => id !== undefined));
    for (const [id, row] of await rowsOf(tx, table, ids)) rows.set(id, row);
  }
  const instanceIds = [...rows.values()].flatMap((row) =>
    "instanceId" in row ? [String(row.instanceId)] : [],
  );
  for (const [id, row] of await rowsOf(tx, "instance", instanceIds)) rows.set(id, row);
  return all.map((item) => withRows(item, rows));
}

function withRows(item: Stored<Item>, rows: ReadonlyMap<string, object>): object {
  const ids = new Set<string>(references.map(({ field }) => field));
  const own = Object.fromEntries(Object.entries(item).filter(([field]) => !ids.has(field)));
  const named = references.flatMap(({ field, as }) => {
    const row = rows.get(item[field]?.toLowerCase() ?? "");
    return row === undefined ? [] : [[as, row] as const];
  });
  const holdingsRecord = rows.get(item.holdingsRecordId.toLowerCase());
  const instanceId =
    holdingsRecord !== undefined && "instanceId" in holdingsRecord ? String(holdingsRecord.instanceId) : "";
  const instanceRecord = rows.get(instanceId.toLowerCase());
  return { ...own, ...Object.fromEntries(named), ...(instanceRecord !== undefined && { instanceRecord }) };
}

async function rowsOf(
  tx: ReadTransaction,
  table: string,
  ids: readonly string[],
): Promise<readonly (readonly [string, object])[]> {
  if (ids.length === 0) return [];
  const rows = await tx.rows<{ id: string; document: string }>(
    sql`select id, jsonb::text as document from ${name(table)} where id = any(${[...new Set(ids)]}::uuid[])`,
  );
  return rows.map(({ id, document }) => [id, JSON.parse(document) as object] as const); // as: documents are objects
}
