import {
  collection,
  type Document,
  searchable,
  type Static,
  type Stored,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { groups } from "../groups/groups.ts";

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
    profilePictureLink: Type.Optional(Type.String({ description: "A picture's id, or a URL elsewhere" })),
  },
  closed,
);

const user = Type.Object(
  {
    username: text,
    externalSystemId: text,
    barcode: text,
    active: Type.Optional(Type.Boolean()),
    type: Type.Optional(Type.String({ description: "patron, staff, shadow, system or dcb" })),
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
    customFields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);

/** People, and programs that act like people: mod-users 19.3's userdata.json. What can be searched is what its schema.json has an index for, and
 * what its clients filter by without one. */
export const userRecords = collection("users", {
  schema: user,
  references: [{ field: "patronGroup", to: "groups" }],
  foreign: [{ alias: "patronGroup", steps: [{ to: "parent", table: "groups", key: "patronGroup" }] }],
  related: () => [groups],
  indexes: [
    ...[
      "username",
      "barcode",
      "externalSystemId",
      "personal.firstName",
      "personal.lastName",
      "personal.email",
    ].map((field) => searchable.text(field, ["exact", "words", "substring"])),
    searchable.text("personal.preferredFirstName", ["exact", "words"]),
    searchable.text("personal.phone", ["exact"]),
    searchable.text("personal.mobilePhone", ["exact"]),
    searchable.text("type", ["exact", "words"]),
    searchable.boolean("active"),
    searchable.date("expirationDate"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
    searchable.texts("departments", ["exact"]),
    searchable.texts("tags.tagList", ["exact", "words"]),
    searchable.text("customFields", ["words"]),
    searchable.joined(
      "keywords",
      [
        "username",
        "personal.firstName",
        "personal.preferredFirstName",
        "personal.lastName",
        "personal.middleName",
        "personal.email",
        "barcode",
        "id",
        "externalSystemId",
        "customFields",
      ],
      ["words"],
    ),
  ],
  dynamic: [
    "enrollmentDate",
    "personal.middleName",
    "personal.dateOfBirth",
    "personal.preferredContactTypeId",
    "personal.profilePictureLink",
    "createdDate",
    "updatedDate",
  ],
  unique: [{ fields: ["username"] }, { fields: ["barcode"] }, { fields: ["externalSystemId"] }],
  isVersioned: false,
});
export type User = Stored<Static<typeof user> & Document>;
