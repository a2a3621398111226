import { collection, searchable, Type, Uuid } from "@octavo/module-kit";

const text = Type.Optional(Type.String());
const closed = { additionalProperties: false };

const Address = Type.Object(
  {
    id: text,
    countryId: text,
    addressLine1: text,
    addressLine2: text,
    city: text,
    region: text,
    postalCode: text,
    addressTypeId: Uuid,
    primaryAddress: Type.Optional(Type.Boolean()),
  },
  closed,
);

const Personal = Type.Object(
  {
    lastName: Type.String(),
    firstName: text,
    middleName: text,
    preferredFirstName: text,
    email: text,
    phone: text,
    mobilePhone: text,
    dateOfBirth: text,
    addresses: Type.Optional(Type.Array(Address)),
    preferredContactTypeId: text,
    profilePictureLink: text,
  },
  closed,
);

/** People, and programs that act like people: mod-users 19.3's userdata.json. */
export const userRecords = collection("users", {
  schema: Type.Object(
    {
      username: text,
      externalSystemId: text,
      barcode: text,
      active: Type.Optional(Type.Boolean()),
      type: text,
      patronGroup: Type.Optional(Uuid),
      departments: Type.Optional(Type.Array(Uuid, { uniqueItems: true })),
      meta: Type.Optional(Type.Object({}, { additionalProperties: true })),
      proxyFor: Type.Optional(Type.Array(Type.String())),
      personal: Type.Optional(Personal),
      enrollmentDate: text,
      expirationDate: text,
      createdDate: text,
      updatedDate: text,
      tags: Type.Optional(Type.Object({ tagList: Type.Optional(Type.Array(Type.String())) })),
      customFields: Type.Optional(Type.Object({}, { additionalProperties: true })),
    },
    closed,
  ),
  references: [{ field: "patronGroup", to: "groups" }],
  indexes: [
    ...[
      "username",
      "barcode",
      "externalSystemId",
      "personal.firstName",
      "personal.lastName",
      "personal.email",
    ].map((field) => searchable.text(field, ["exact", "words", "substring"])),
    searchable.text("personal.preferredFirstName", ["words"]),
    searchable.text("type", ["exact", "words"]),
    searchable.boolean("active"),
    searchable.date("expirationDate"),
    searchable.texts("departments", ["exact"]),
  ],
  unique: [{ fields: ["username"] }, { fields: ["barcode"] }, { fields: ["externalSystemId"] }],
  isVersioned: false,
});
