/** What it takes to compose instances. */
export const composing: readonly string[] = [
  "inventory-storage.instances.collection.get",
  "inventory-storage.instances.item.get",
  "inventory-storage.preceding-succeeding-titles.collection.get",
  "inventory-storage.instance-relationships.collection.get",
  "inventory-storage.bound-with-parts.collection.get",
  "inventory-storage.holdings.collection.get",
  "inventory-storage.items.collection.get",
];

/** What it takes to write their relations, as mod-inventory's descriptor has it. */
export const writingRelations: readonly string[] = [
  "inventory-storage.preceding-succeeding-titles.collection.get",
  "inventory-storage.preceding-succeeding-titles.item.post",
  "inventory-storage.preceding-succeeding-titles.item.put",
  "inventory-storage.preceding-succeeding-titles.item.delete",
  "inventory-storage.instance-relationships.collection.get",
  "inventory-storage.instance-relationships.item.post",
  "inventory-storage.instance-relationships.item.put",
  "inventory-storage.instance-relationships.item.delete",
  "user-tenants.collection.get",
];
