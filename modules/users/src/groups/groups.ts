import { collection, searchable, Type } from "@octavo/module-kit";

/** Patron groups: loan rules, blocks and days until expiry hang on them. */
export const groups = collection("groups", {
  schema: Type.Object({
    group: Type.String({ description: "The unique name of this group" }),
    desc: Type.Optional(Type.String()),
    expirationOffsetInDays: Type.Optional(
      Type.Integer({ description: "Days after which a new user of this group expires" }),
    ),
    source: Type.Optional(Type.String({ description: "Who brought it: System or User" })),
  }),
  indexes: [searchable.text("group", ["exact", "words"]), searchable.text("desc", ["words"])],
  unique: [{ fields: ["group"] }],
  isVersioned: false,
});

export const shippedGroups = [
  {
    id: "503a81cd-6c26-400f-b620-14c08943697c",
    group: "faculty",
    desc: "Faculty Member",
    expirationOffsetInDays: 365,
  },
  { id: "ad0bc554-d5bc-463c-85d1-5562127ae91b", group: "graduate", desc: "Graduate Student" },
  {
    id: "3684a786-6671-4268-8ed0-9db82ebca60b",
    group: "staff",
    desc: "Staff Member",
    expirationOffsetInDays: 730,
  },
  { id: "bdc2b6d4-5ceb-4a12-ab46-249b9a68473e", group: "undergrad", desc: "Undergraduate Student" },
];
