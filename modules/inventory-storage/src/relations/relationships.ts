import { collection, crudRoutes, type Route, Type, Uuid } from "@octavo/module-kit";

/** One instance is part of another: a volume of a series. */
export const relationships = collection("instance_relationship", {
  schema: Type.Object(
    { superInstanceId: Uuid, subInstanceId: Uuid, instanceRelationshipTypeId: Uuid },
    { additionalProperties: false },
  ),
  references: [
    { field: "superInstanceId", to: "instance" },
    { field: "subInstanceId", to: "instance" },
    { field: "instanceRelationshipTypeId", to: "instance_relationship_type" },
  ],
  isVersioned: false,
});

export const relationshipRoutes: readonly Route[] = crudRoutes(relationships, {
  path: "/instance-storage/instance-relationships",
  permissions: "inventory-storage.instance-relationships",
  listName: "instanceRelationships",
});
