import {
  badRequest,
  type Calls,
  cql,
  equal,
  type Refusal,
  type Route,
  route,
  Type,
} from "@octavo/module-kit";
import { numberOf } from "../storage/list-page.ts";
import { readPage, rowsById, rowsWhere, storageLists, type StoredItem } from "../storage/storage-lists.ts";
import { composing } from "./item-permissions.ts";
import { composeItems } from "./item-representation.ts";
import { InventoryItems } from "./item-routes.ts";

const { items, boundWithParts } = storageLists;
const MOST_ITEMS = 10_000;

const relations = ["onlyBoundWiths", "onlyBoundWithsSkipDirectlyLinkedItem"] as const;

/** Items of a holdings record: those that belong to it, and those of others into which it is bound. */
export const itemsByHoldings: Route = route({
  method: "GET",
  path: "/inventory/items-by-holdings-id",
  summary: "Lists items of a holdings record, with those into which it is bound",
  permissionsRequired: ["inventory.items.collection.get"],
  modulePermissions: [
    "inventory-storage.bound-with-parts.collection.get",
    "inventory-storage.bound-with-parts.item.get",
    "inventory-storage.items.collection.get",
    ...composing,
  ],
  query: Type.Object({
    query: Type.Optional(Type.String({ description: "holdingsRecordId==..." })),
    relations: Type.Optional(Type.String({ description: relations.join(", ") })),
    limit: Type.String({ default: "200" }),
    offset: Type.String({ default: "0" }),
  }),
  answers: { 200: InventoryItems },
  handle: async ({ query, calls }) => {
    const asked = askedOf(query.query, query.relations);
    if ("refusal" in asked) return asked.refusal;
    const limit = Math.min(numberOf(query.limit) ?? 200, MOST_ITEMS);
    const page = { limit, offset: numberOf(query.offset) ?? 0 };
    const { rows, totalRecords } = await (asked.relation === null
      ? allItems(calls, asked.holdingsId, page)
      : boundItems(calls, asked.holdingsId, asked.relation === "onlyBoundWiths", page));
    return { status: 200, body: { items: await composeItems(calls, rows), totalRecords } };
  },
});

interface Page {
  readonly limit: number;
  readonly offset: number;
}

interface Found {
  readonly rows: readonly StoredItem[];
  readonly totalRecords: number;
}

/** First its own items, page by page as storage has them, then those of others into which it is bound: so storage counts and cuts the long list. */
async function allItems(calls: Calls, holdingsId: string, { limit, offset }: Page): Promise<Found> {
  const query = cql(equal("holdingsRecordId", holdingsId), "id");
  const [own, bound] = await Promise.all([
    readPage(calls, items, { query, limit, offset }),
    itemsInto(calls, holdingsId, false),
  ]);
  const from = Math.max(0, offset - own.totalRecords);
  const others = bound.slice(from, from + limit - own.rows.length);
  return { rows: [...own.rows, ...others], totalRecords: own.totalRecords + bound.length };
}

async function boundItems(
  calls: Calls,
  holdingsId: string,
  hasOwn: boolean,
  { limit, offset }: Page,
): Promise<Found> {
  const bound = await itemsInto(calls, holdingsId, hasOwn);
  return { rows: bound.slice(offset, offset + limit), totalRecords: bound.length };
}

/** @param hasOwn also those that belong to the holdings record itself */
async function itemsInto(calls: Calls, holdingsId: string, hasOwn: boolean): Promise<readonly StoredItem[]> {
  const parts = await rowsWhere(calls, boundWithParts, "holdingsRecordId", [holdingsId]);
  const found = await rowsById(
    calls,
    items,
    parts.map(({ itemId }) => itemId),
  );
  const isOwn = (item: StoredItem): boolean => item.holdingsRecordId === holdingsId.toLowerCase();
  return [...found.values()].filter((item) => hasOwn || !isOwn(item));
}

function askedOf(
  query: string | undefined,
  relation: string | undefined,
):
  | { readonly refusal: Refusal }
  | { readonly holdingsId: string; readonly relation: (typeof relations)[number] | null } {
  const refused = (message: string) => ({ refusal: badRequest(message) });
  if (query === undefined || !query.includes("holdingsRecordId")) {
    return refused(
      `Items must be retrieved by 'holdingsRecordId' from this API. Query was: ${query ?? "null"}`,
    );
  }
  const known = relations.find((each) => each === relation) ?? null;
  if (relation !== undefined && known === null) {
    const names = relations.map((each) => `'${each}'`).join(" and ");
    return refused(`The only valid values of the request parameter 'relations' are: ${names}`);
  }
  const [, holdingsId, ...more] = query.replaceAll(/[()"\s]/gu, "").split(/={1,2}/u);
  if (holdingsId === undefined || holdingsId === "" || more.length > 0) {
    const message = `Items must be retrieved by 'holdingsRecordId' from this API: query=holdingsRecordId==[a UUID]. Query was: ${query}`;
    return refused(message);
  }
  return { holdingsId, relation: known };
}
