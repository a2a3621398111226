const described = {
  "inventory.items.collection.get": "Get item collection",
  "inventory.items.collection.delete": "Delete entire item collection",
  "inventory.items.item.get": "Get individual item",
  "inventory.items.item.post": "Create individual item",
  "inventory.items.item.put": "Modify item",
  "inventory.items.item.delete": "Delete individual item",
  "inventory.items.item.mark-withdrawn.post": "Mark an item as withdrawn",
  "inventory.items.item.mark-in-process.post": "Mark an item as in process",
  "inventory.items.item.mark-in-process-non-requestable.post": "Mark an item as in process (non-requestable)",
  "inventory.items.item.mark-intellectual-item.post": "Mark an item as intellectual item",
  "inventory.items.item.mark-long-missing.post": "Mark an item as long missing",
  "inventory.items.item.mark-missing.post": "Mark an item as missing",
  "inventory.items.item.mark-restricted.post": "Mark an item as restricted",
  "inventory.items.item.mark-unavailable.post": "Mark an item as unavailable",
  "inventory.items.item.mark-unknown.post": "Mark an item as unknown",
  "inventory.items.move.item.post": "Move items to another holdings record",
  "inventory.holdings.move.item.post": "Move holdings record to another instance",
  "inventory.holdings.item.put": "Modify holdings record",
  "inventory.instances.collection.get": "Get instance collection",
  "inventory.instances.collection.delete": "Delete entire instance collection",
  "inventory.instances.item.get": "Get individual instance",
  "inventory.instances.item.post": "Create individual instance",
  "inventory.instances.batch.post": "Create a batch of instances",
  "inventory.instances.item.put": "Modify instance",
  "inventory.instances.item.delete": "Delete individual instance",
  "inventory.config.instances.blocked-fields.get": "Get what is not changed in instances from MARC",
  "inventory.config.holdings.blocked-fields.get": "Get what is not changed in holdings records from MARC",
  "isbn-utils.convert-to-13.get": "Convert an ISBN to 13 digits",
  "isbn-utils.convert-to-10.get": "Convert an ISBN to 10 digits",
  "isbn-utils.validator.get": "Check that an ISBN is valid",
};
const names = Object.keys(described);

/** As mod-inventory has them, with one that holds all of each interface. */
export const permissionSets = [
  ...Object.entries(described).map(([permissionName, description]) => ({
    permissionName,
    displayName: permissionName.replaceAll(/[.-]/gu, " "),
    description,
  })),
  {
    permissionName: "inventory.all",
    displayName: "inventory all",
    description: "All that is needed to use the inventory",
    // Those that are newer than the set are given one by one, as in mod-inventory.
    subPermissions: names.filter((name) => name.startsWith("inventory.") && !isNewer(name)),
  },
  {
    permissionName: "isbn-utils.all",
    displayName: "isbn-utils all",
    description: "All that is done with ISBNs",
    subPermissions: names.filter((name) => name.startsWith("isbn-utils.")),
  },
];

function isNewer(name: string): boolean {
  return /mark-(?:intellectual-item|long-missing|restricted|unavailable|unknown)\.post$/u.test(name);
}
