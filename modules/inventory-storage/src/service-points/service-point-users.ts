import {
  collection,
  crudRoutes,
  defineInterface,
  type InterfaceDefinition,
  searchable,
  Type,
  Uuid,
} from "@octavo/module-kit";

/** At which service points somebody works, and where unless he says. */
export const servicePointUsers = collection("service_point_user", {
  schema: Type.Object(
    {
      userId: Uuid,
      servicePointsIds: Type.Optional(Type.Array(Uuid)),
      defaultServicePointId: Type.Optional(Uuid),
    },
    { additionalProperties: false },
  ),
  unique: [{ fields: ["userId"] }],
  references: [{ field: "defaultServicePointId", to: "service_point" }],
  indexes: [searchable.text("userId", ["exact"]), searchable.texts("servicePointsIds", ["exact", "words"])],
  isVersioned: false,
});

export const servicePointUserInterface: InterfaceDefinition = defineInterface(
  "service-points-users",
  "1.0",
  crudRoutes(servicePointUsers, {
    path: "/service-points-users",
    permissions: "inventory-storage.service-points-users",
    listName: "servicePointsUsers",
  }),
);
