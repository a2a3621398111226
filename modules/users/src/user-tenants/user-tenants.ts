import { collection, searchable, Type, Uuid } from "@octavo/module-kit";

const text = Type.Optional(Type.String());

const userTenant = Type.Object(
  {
    userId: Uuid,
    tenantId: Type.String({ description: "Where this user signs in" }),
    username: text,
    centralTenantId: text,
    phoneNumber: text,
    mobilePhoneNumber: text,
    email: text,
    barcode: text,
    externalSystemId: text,
    consortiumId: Type.Optional(Uuid),
  },
  { additionalProperties: false },
);

/** In which tenant of a consortium a user signs in: filled by whatever module runs the consortium. Without one there is none of these. */
export const userTenants = collection("user_tenant", {
  schema: userTenant,
  indexes: [
    searchable.text("username", ["exact"]),
    ...[
      "userId",
      "tenantId",
      "centralTenantId",
      "phoneNumber",
      "mobilePhoneNumber",
      "email",
      "barcode",
      "externalSystemId",
    ].map((field) => searchable.text(field, ["exact"], "nothing")),
  ],
  isVersioned: false,
  hasMetadata: false,
});
