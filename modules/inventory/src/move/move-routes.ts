import { type Call, invalid, passedOn, type Refusal, type Route, route, Type } from "@octavo/module-kit";
import { type MovedKind, moveRecords } from "./move-records.ts";

const Ids = Type.Optional(Type.Array(Type.String(), { maxItems: 10_000 }));
const Moved = Type.Object({
  nonUpdatedIds: Type.Array(Type.String(), { description: "Those that are where they were, or nowhere" }),
});

const items: MovedKind = {
  path: "/item-storage/items",
  listName: "items",
  ownerField: "holdingsRecordId",
  notSent: [],
};

const holdingsRecords: MovedKind = {
  path: "/holdings-storage/holdings",
  listName: "holdingsRecords",
  ownerField: "instanceId",
  notSent: ["holdingsItems", "bareHoldingsItems", "holdingsInstance"],
};

/** Interface `inventory-move` 0.2. */
export const moveRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/inventory/items/move",
    summary: "Moves items to another holdings record",
    permissionsRequired: ["inventory.items.move.item.post"],
    modulePermissions: [
      "inventory-storage.items.item.put",
      "inventory-storage.items.collection.get",
      "inventory-storage.holdings.item.get",
    ],
    body: Type.Object({ toHoldingsRecordId: Type.Optional(Type.String()), itemIds: Ids }),
    answers: { 200: Moved },
    handle: async ({ body: { toHoldingsRecordId = "", itemIds = [] }, ...call }) => {
      if (toHoldingsRecordId.trim() === "") return required("toHoldingsRecordId");
      if (itemIds.length === 0) return invalid("itemIds", "", "Item ids aren't specified");
      const target = `/holdings-storage/holdings/${encodeURIComponent(toHoldingsRecordId)}`;
      const missing = `Holding with id=${toHoldingsRecordId} not found`;
      const refusal = await refuseUnknown(
        call,
        target,
        invalid("toHoldingsRecordId", toHoldingsRecordId, missing),
      );
      return refusal ?? (await moved(call, items, itemIds, toHoldingsRecordId));
    },
  }),
  route({
    method: "POST",
    path: "/inventory/holdings/move",
    summary: "Moves holdings records to another instance",
    permissionsRequired: ["inventory.holdings.move.item.post"],
    modulePermissions: [
      "inventory-storage.holdings.item.put",
      "inventory-storage.holdings.collection.get",
      "inventory-storage.instances.item.get",
    ],
    body: Type.Object({ toInstanceId: Type.Optional(Type.String()), holdingsRecordIds: Ids }),
    answers: { 200: Moved },
    handle: async ({ body: { toInstanceId = "", holdingsRecordIds = [] }, ...call }) => {
      if (toInstanceId.trim() === "") return required("toInstanceId");
      if (holdingsRecordIds.length === 0) {
        return invalid("holdingsRecordIds", "", "Holdings record ids aren't specified");
      }
      const target = `/instance-storage/instances/${encodeURIComponent(toInstanceId)}`;
      const missing = `Instance with id=${toInstanceId} not found`;
      const refusal = await refuseUnknown(call, target, invalid("toInstanceId", toInstanceId, missing));
      return refusal ?? (await moved(call, holdingsRecords, holdingsRecordIds, toInstanceId));
    },
  }),
];

type Asked = Pick<Call<unknown, unknown, unknown>, "calls" | "context">;

function required(field: string): Refusal {
  return invalid(field, "", `${field} is a required field`);
}

/** @returns `unknown` where storage has no such record, or its answer where it cannot be asked; null where it has one */
async function refuseUnknown({ calls }: Asked, path: string, unknown: Refusal): Promise<Refusal | null> {
  const read = await calls.send({ method: "GET", path, answer: Type.Unknown() });
  if (read.ok) return null;
  const isUnknown = read.error.kind === "refused" && [400, 404, 422].includes(read.error.status);
  return isUnknown ? unknown : passedOn(read.error, "inventory-storage");
}

async function moved({ calls, context }: Asked, kind: MovedKind, ids: readonly string[], ownerId: string) {
  const notMoved = await moveRecords(calls, kind, ids, ownerId);
  for (const { id, because } of notMoved) {
    context.log.warn({ id, ownerId, because: because?.kind ?? "unknown" }, "a record was not moved");
  }
  return { status: 200, body: { nonUpdatedIds: notMoved.map(({ id }) => id) } } as const;
}
