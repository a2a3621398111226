export { inventoryStorage } from "./inventory-storage.ts";
