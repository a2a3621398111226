import { invalid, passedOn, type Route, route, Type } from "@octavo/module-kit";
import { readRow, storageLists, type StoredItem } from "../storage/storage-lists.ts";
import { noItem } from "./no-item.ts";
import { composing } from "./item-permissions.ts";
import { composeItem, InventoryItem } from "./item-representation.ts";
import { type Marking, markings } from "./item-status.ts";
import { reopenRequest } from "./reopen-request.ts";

/** One route for each state that an item may be marked with. */
export const markRoutes: readonly Route[] = markings.map(markRoute);

function markRoute({ name, target, from }: Marking): Route {
  return route({
    method: "POST",
    path: `/inventory/items/{id}/${name}`,
    summary: `Marks an item as ${target}`,
    permissionsRequired: [`inventory.items.item.${name}.post`],
    modulePermissions: [
      "circulation-storage.requests.collection.get",
      "circulation-storage.requests.item.put",
      "inventory-storage.items.item.get",
      "inventory-storage.items.item.put",
      ...composing,
      "users.item.get",
    ],
    answers: { 200: InventoryItem },
    handle: async ({ params, calls }) => {
      const item = await readRow(calls, storageLists.items, params.id);
      if (item === null) return noItem();
      const { name: status } = item.status;
      if (!from.has(status)) {
        return invalid("status.name", status, `Item is not allowed to be marked as ${target}`);
      }
      await reopenRequest(calls, item.id, new Date());
      // With the version that was read: storage refuses it where somebody else was faster.
      const marked: StoredItem = { ...item, status: { name: target } };
      const path = `/item-storage/items/${item.id}`;
      const replaced = await calls.send({ method: "PUT", path, body: marked, answer: Type.Unknown() });
      if (!replaced.ok) return passedOn(replaced.error, "inventory-storage");
      const stored = (await readRow(calls, storageLists.items, item.id)) ?? marked;
      return { status: 200, body: await composeItem(calls, stored) };
    },
  });
}
