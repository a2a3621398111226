import { collection, searchable, Type } from "@octavo/module-kit";

/** Who may act for whom. */
export const proxies = collection("proxyfor", {
  schema: Type.Object(
    {
      userId: Type.Optional(Type.String({ description: "For whom" })),
      proxyUserId: Type.Optional(Type.String({ description: "Who acts" })),
      requestForSponsor: Type.Optional(Type.String()),
      createdDate: Type.Optional(Type.String()),
      notificationsTo: Type.Optional(Type.String()),
      accrueTo: Type.Optional(Type.String()),
      status: Type.Optional(Type.String({ description: "Active or Inactive" })),
      expirationDate: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
  indexes: [
    searchable.text("userId", ["exact", "words"]),
    searchable.text("proxyUserId", ["exact", "words"]),
    searchable.text("status", ["exact"]),
  ],
  unique: [{ fields: ["userId", "proxyUserId"] }],
  isVersioned: false,
});
