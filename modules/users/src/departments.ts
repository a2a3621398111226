import { collection, searchable, Type } from "@octavo/module-kit";

export const departments = collection("departments", {
  schema: Type.Object(
    {
      name: Type.String(),
      code: Type.String(),
      usageNumber: Type.Optional(Type.Integer({ description: "How many users are in it" })),
      source: Type.Optional(Type.String({ description: "Who brought it: System or User" })),
    },
    { additionalProperties: false },
  ),
  indexes: [searchable.text("name", ["exact", "words"]), searchable.text("code", ["exact", "words"])],
  unique: [{ fields: ["name"] }, { fields: ["code"] }],
  isVersioned: false,
});
