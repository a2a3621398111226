/** What it takes to compose items, as mod-inventory's descriptor has it. */
export const composing: readonly string[] = [
  "inventory-storage.material-types.item.get",
  "inventory-storage.material-types.collection.get",
  "inventory-storage.loan-types.item.get",
  "inventory-storage.loan-types.collection.get",
  "inventory-storage.locations.item.get",
  "inventory-storage.locations.collection.get",
  "inventory-storage.holdings.collection.get",
  "inventory-storage.holdings.item.get",
  "inventory-storage.instances.collection.get",
  "inventory-storage.instances.item.get",
  "inventory-storage.bound-with-parts.collection.get",
];
