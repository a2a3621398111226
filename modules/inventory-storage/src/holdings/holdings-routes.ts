import { defineInterface, type InterfaceDefinition } from "@octavo/module-kit";
import { batchRoute, recordRoutes } from "../records/record-routes.ts";
import { holdingsKind } from "./holdings-kind.ts";

const permissions = "inventory-storage.holdings";
const listName = "holdingsRecords";

export const holdingsInterfaces: readonly InterfaceDefinition[] = [
  defineInterface(
    "holdings-storage",
    "6.0",
    recordRoutes(holdingsKind, {
      path: "/holdings-storage/holdings",
      permissions,
      listName,
      putCreates: true,
    }),
  ),
  defineInterface("holdings-storage-batch-sync", "1.1", [
    batchRoute(holdingsKind, {
      path: "/holdings-storage/batch/synchronous",
      permission: `${permissions}.batch.post`,
      listName,
      ignoresVersions: false,
    }),
  ]),
  defineInterface("holdings-storage-batch-sync-unsafe", "1.0", [
    batchRoute(holdingsKind, {
      path: "/holdings-storage/batch/synchronous-unsafe",
      permission: `${permissions}.batch-unsafe.post`,
      listName,
      ignoresVersions: true,
    }),
  ]),
];
