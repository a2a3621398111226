export { inventory } from "../../modules/inventory/src/index.ts";
export { inventoryStorage } from "../../modules/inventory-storage/src/index.ts";
