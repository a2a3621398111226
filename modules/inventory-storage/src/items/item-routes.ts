import { defineInterface, type InterfaceDefinition } from "@octavo/module-kit";
import { batchRoute, recordRoutes } from "../records/record-routes.ts";
import { itemKind } from "./item-kind.ts";

const permissions = "inventory-storage.items";
const listName = "items";

export const itemInterfaces: readonly InterfaceDefinition[] = [
  defineInterface(
    "item-storage",
    "10.1",
    recordRoutes(itemKind, { path: "/item-storage/items", permissions, listName }),
  ),
  defineInterface("item-storage-batch-sync", "1.0", [
    batchRoute(itemKind, {
      path: "/item-storage/batch/synchronous",
      permission: `${permissions}.batch.post`,
      listName,
      ignoresVersions: false,
    }),
  ]),
  defineInterface("item-storage-batch-sync-unsafe", "1.0", [
    batchRoute(itemKind, {
      path: "/item-storage/batch/synchronous-unsafe",
      permission: `${permissions}.batch-unsafe.post`,
      listName,
      ignoresVersions: true,
    }),
  ]),
];
