import { defineInterface, defineModule } from "@octavo/module-kit";
import { batchRoutes } from "./batch/batch-routes.ts";
import { configRoutes } from "./config/config-routes.ts";
import { holdingsRoutes } from "./holdings/holdings-routes.ts";
import { instanceRoutes } from "./instances/instance-routes.ts";
import { isbnRoutes } from "./isbn/isbn-routes.ts";
import { itemRoutes } from "./items/item-routes.ts";
import { itemsByHoldings } from "./items/items-by-holdings.ts";
import { markRoutes } from "./items/mark-routes.ts";
import { moveRoutes } from "./move/move-routes.ts";
import { permissionSets } from "./permission-sets.ts";

/** octavo-inventory stands for mod-inventory: instances, holdings records and items as clients see them, with what belongs to them. It keeps nothing
 * itself; all of it is in the inventory storage. */
export const inventory = defineModule({
  name: "octavo-inventory",
  version: "1.0.0",
  title: "Inventory",
  replaces: ["mod-inventory"],
  requires: {
    "item-storage": "10.0",
    "instance-storage": "10.0",
    "instance-storage-batch": "2.0",
    "holdings-storage": "2.0 3.0 4.0 5.0 6.0",
    "material-types": "2.0",
    "loan-types": "2.0",
    locations: "2.0 3.0",
    "instance-preceding-succeeding-titles": "0.1",
    "bound-with-parts-storage": "1.0",
  },
  // mod-inventory requires them; what nobody provides is left out of what it would take part in.
  optional: {
    users: "15.0 16.0",
    "request-storage": "6.0",
    "source-storage-records": "3.0",
  },
  interfaces: [
    defineInterface("inventory", "13.1", [
      ...itemRoutes,
      itemsByHoldings,
      ...markRoutes,
      ...instanceRoutes,
      ...holdingsRoutes,
    ]),
    defineInterface("inventory-batch", "2.0", batchRoutes),
    defineInterface("inventory-config", "0.2", configRoutes),
    defineInterface("isbn-utils", "2.0", isbnRoutes),
    defineInterface("inventory-move", "0.2", moveRoutes),
  ],
  permissionSets,
});
