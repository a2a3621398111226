export { inventoryStorage } from "./inventory-storage.ts";
export { holdings, instances, items } from "./records/record-tables.ts";
