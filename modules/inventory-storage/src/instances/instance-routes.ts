import { defineInterface, type InterfaceDefinition } from "@octavo/module-kit";
import { marcRoutes } from "./marc-routes.ts";
import { relationshipRoutes } from "../relations/relationships.ts";
import { batchRoute, recordRoutes } from "../records/record-routes.ts";
import { instanceKind } from "./instance-kind.ts";

const permissions = "inventory-storage.instances";
const listName = "instances";

export const instanceInterfaces: readonly InterfaceDefinition[] = [
  defineInterface("instance-storage", "10.0", [
    ...recordRoutes(instanceKind, { path: "/instance-storage/instances", permissions, listName }),
    ...marcRoutes,
    ...relationshipRoutes,
  ]),
  defineInterface("instance-storage-batch-sync", "2.0", [
    batchRoute(instanceKind, {
      path: "/instance-storage/batch/synchronous",
      permission: `${permissions}.batch.post`,
      listName,
      ignoresVersions: false,
    }),
  ]),
  defineInterface("instance-storage-batch-sync-unsafe", "2.0", [
    batchRoute(instanceKind, {
      path: "/instance-storage/batch/synchronous-unsafe",
      permission: `${permissions}.batch-unsafe.post`,
      listName,
      ignoresVersions: true,
    }),
  ]),
];
