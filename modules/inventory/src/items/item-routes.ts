import { randomUUID } from "node:crypto";
import {
  and,
  badRequest,
  type Calls,
  cql,
  differs,
  equal,
  invalid,
  passedOn,
  Refusal,
  type Route,
  route,
  Type,
} from "@octavo/module-kit";
import { deleteRoutes } from "../storage/delete-routes.ts";
import { listQuery, pageOf } from "../storage/list-page.ts";
import {
  readList,
  readPage,
  readRow,
  storageLists,
  StoredItem,
  withLowerCaseIds,
} from "../storage/storage-lists.ts";
import { signNotes } from "./circulation-notes.ts";
import { composing } from "./item-permissions.ts";
import { composeItem, composeItems, InventoryItem } from "./item-representation.ts";
import { ItemRequest, statusRefusal, toStoredItem } from "./item-request.ts";
import { noItem } from "./no-item.ts";

const { items } = storageLists;

export const InventoryItems = Type.Object({
  items: Type.Array(InventoryItem),
  totalRecords: Type.Integer(),
});

export const itemRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/inventory/items",
    summary: "Lists items with what belongs to them",
    permissionsRequired: ["inventory.items.collection.get"],
    modulePermissions: ["inventory-storage.items.collection.get", ...composing],
    query: listQuery,
    answers: { 200: InventoryItems },
    handle: async ({ query, calls }) => {
      const page = pageOf(query);
      if (page instanceof Refusal) return page;
      const { rows, totalRecords } = await readList(calls, items, { query: query.query, ...page });
      return { status: 200, body: { items: await composeItems(calls, rows), totalRecords } };
    },
  }),
  route({
    method: "GET",
    path: "/inventory/items/{id}",
    summary: "Gives an item with what belongs to it",
    permissionsRequired: ["inventory.items.item.get"],
    modulePermissions: ["inventory-storage.items.item.get", ...composing],
    answers: { 200: InventoryItem },
    handle: async ({ params, calls }) => {
      const item = await readRow(calls, items, params.id);
      return item === null ? noItem() : { status: 200, body: await composeItem(calls, item) };
    },
  }),
  route({
    method: "POST",
    path: "/inventory/items",
    summary: "Creates an item",
    permissionsRequired: ["inventory.items.item.post"],
    modulePermissions: [
      "inventory-storage.items.item.post",
      "inventory-storage.items.collection.get",
      ...composing,
      "users.item.get",
    ],
    body: ItemRequest,
    answers: { 201: InventoryItem },
    handle: async ({ body, calls, context }) => {
      const refusal = statusRefusal(body) ?? (await barcodeRefusal(calls, body.barcode ?? null, null));
      if (refusal !== null) return refusal;
      const id = body.id ?? randomUUID();
      // Notes of a new item are all new, whatever ids they came with.
      const fresh = (body.circulationNotes ?? []).map(({ id: _id, ...note }) => note);
      const notes = await signNotes(fresh, [], { calls, context });
      const created = await calls.send({
        method: "POST",
        path: items.path,
        body: toStoredItem(id, body, notes),
        answer: StoredItem,
      });
      if (!created.ok) return passedOn(created.error, "inventory-storage");
      return { status: 201, body: await composeItem(calls, withLowerCaseIds(created.value.body)) };
    },
  }),
  route({
    method: "PUT",
    path: "/inventory/items/{id}",
    summary: "Replaces an item",
    permissionsRequired: ["inventory.items.item.put"],
    modulePermissions: [
      "inventory-storage.items.item.get",
      "inventory-storage.items.collection.get",
      "inventory-storage.items.item.put",
      "users.item.get",
    ],
    body: ItemRequest,
    answers: { 204: null },
    handle: async ({ params, body, calls, context }) => {
      const undefinedStatus = statusRefusal(body);
      if (undefinedStatus !== null) return undefinedStatus;
      const stored = await readRow(calls, items, params.id);
      if (stored === null) return noItem();
      const refusal = changeRefusal(stored, body) ?? (await newBarcodeRefusal(calls, stored, body));
      if (refusal !== null) return refusal;
      const notes = await signNotes(body.circulationNotes ?? [], stored.circulationNotes ?? [], {
        calls,
        context,
      });
      const replaced = await calls.send({
        method: "PUT",
        path: `${items.path}/${encodeURIComponent(params.id)}`,
        body: toStoredItem(stored.id, body, notes),
        answer: Type.Unknown(),
      });
      return replaced.ok ? { status: 204 } : passedOn(replaced.error, "inventory-storage");
    },
  }),
  ...deleteRoutes("items", items.path),
];

function changeRefusal(stored: StoredItem, { hrid, status }: ItemRequest): Refusal | null {
  if ((stored.hrid ?? null) !== (hrid ?? null))
    return invalid("hrid", hrid ?? null, "HRID can not be updated");
  if (stored.status.name === "Claimed returned" && status?.name === "Missing") {
    return invalid("status.name", "Missing", "Claimed returned item cannot be marked as missing");
  }
  return null;
}

async function newBarcodeRefusal(
  calls: Calls,
  { id, barcode: former }: StoredItem,
  { barcode = null }: ItemRequest,
): Promise<Refusal | null> {
  return barcode === (former ?? null) ? null : barcodeRefusal(calls, barcode, id);
}

/** Storage keeps barcodes apart, too; here it is told in mod-inventory's words.
 * @param besides the id of the item that may have it */
async function barcodeRefusal(
  calls: Calls,
  barcode: string | null,
  besides: string | null,
): Promise<Refusal | null> {
  if (barcode === null) return null;
  const same = equal("barcode", barcode);
  const query = cql(besides === null ? same : and(same, differs("id", besides)));
  const { totalRecords } = await readPage(calls, items, { query, limit: 1, offset: 0 });
  if (totalRecords === 0) return null;
  return badRequest(`Barcode must be unique, ${barcode} is already assigned to another item`, "barcode");
}
