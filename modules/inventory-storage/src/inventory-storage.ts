import {
  collections,
  defineInterface,
  defineModule,
  type InterfaceDefinition,
  jobs,
  jsonSchemas,
  tenantApi,
} from "@octavo/module-kit";
import { deletionSteps } from "./harvest/deletions.ts";
import { harvestInterfaces } from "./harvest/harvest-routes.ts";
import { holdingsInterfaces } from "./holdings/holdings-routes.ts";
import { hridRoutes } from "./hrid/hrid-routes.ts";
import { hridSteps } from "./hrid/hrid-steps.ts";
import { batchInstances } from "./instances/batch-instances.ts";
import { instanceInterfaces } from "./instances/instance-routes.ts";
import { marcTable } from "./instances/marc-routes.ts";
import { itemInterfaces } from "./items/item-routes.ts";
import { campuses, institutions, libraries, locationUnits } from "./locations/location-units.ts";
import { locationInterface, locations } from "./locations/locations.ts";
import { shelfLocations } from "./locations/shelf-locations.ts";
import { domainEvents } from "./records/domain-events.ts";
import { holdings, instances, items } from "./records/record-tables.ts";
import { inventoryVariables } from "./records/version-suppression.ts";
import { referenceTables } from "./reference/reference-tables.ts";
import { boundWithParts, boundWithRoutes } from "./relations/bound-with.ts";
import { relationships } from "./relations/relationships.ts";
import { titleRoutes, titles } from "./relations/titles.ts";
import { servicePointUserInterface, servicePointUsers } from "./service-points/service-point-users.ts";
import { servicePointInterface, servicePoints } from "./service-points/service-points.ts";
import { schemaFiles } from "./schema-files.ts";
import { sampleLibrary } from "./shipped/sample-library.ts";
import { shippedSteps } from "./shipped/shipped-steps.ts";
import { dereferencedInterface } from "./views/dereferenced-items.ts";
import { viewInterfaces } from "./views/inventory-view.ts";
import { bulkInterface } from "./views/record-bulk.ts";
import { iterations, migrationJobs, reindexes } from "./walks/walk-records.ts";
import { walkInterfaces } from "./walks/walk-routes.ts";
import { iterating, migrating, reindexing } from "./walks/walks.ts";

const ofRecords: readonly InterfaceDefinition[] = [
  ...referenceTables.map((each) => each.interface),
  locationUnits,
  locationInterface,
  shelfLocations,
  servicePointInterface,
  servicePointUserInterface,
  ...instanceInterfaces,
  batchInstances,
  ...holdingsInterfaces,
  ...itemInterfaces,
  defineInterface("instance-preceding-succeeding-titles", "0.2", titleRoutes),
  defineInterface("bound-with-parts-storage", "1.1", boundWithRoutes),
  defineInterface("hrid-settings-storage", "1.3", hridRoutes),
  dereferencedInterface,
  ...viewInterfaces,
  bulkInterface,
  ...walkInterfaces,
  ...harvestInterfaces,
];
const interfaces = [...ofRecords, jsonSchemas(schemaFiles(ofRecords))];

/** octavo-inventory-storage stands for mod-inventory-storage: what a library has. */
export const inventoryStorage = defineModule({
  name: "octavo-inventory-storage",
  version: "1.0.0",
  title: "Inventory storage",
  replaces: ["mod-inventory-storage"],
  env: inventoryVariables,
  parts: [
    collections(
      ...referenceTables.map((each) => each.collection),
      institutions,
      campuses,
      libraries,
      locations,
      servicePoints,
      servicePointUsers,
      instances,
      holdings,
      items,
      relationships,
      titles,
      boundWithParts,
      iterations,
      reindexes,
      migrationJobs,
    ),
    domainEvents,
    tenantApi({ data: [sampleLibrary] }),
    jobs([reindexing, iterating, migrating]),
  ],
  steps: [...hridSteps, marcTable, ...deletionSteps, ...shippedSteps],
  interfaces,
  permissionSets: [
    {
      permissionName: "inventory-storage.all",
      displayName: "Inventory storage: everything",
      subPermissions: [
        ...new Set(interfaces.flatMap(({ routes }) => routes).flatMap((each) => each.permissionsRequired)),
      ],
    },
  ],
});
