import { collection, type Document, searchable, type Static, type Stored, Type } from "@octavo/module-kit";

const department = Type.Object(
  {
    name: Type.String(),
    code: Type.String(),
    usageNumber: Type.Optional(
      Type.Integer({ description: "How many users are in it: counted when it is read" }),
    ),
    source: Type.Optional(Type.String({ description: "Who brought it: System or User" })),
  },
  { additionalProperties: false },
);

export const departments = collection("departments", {
  schema: department,
  indexes: [
    searchable.text("name", ["exact", "words", "substring"]),
    searchable.text("code", ["exact", "words", "substring"]),
  ],
  unique: [{ fields: ["name"] }, { fields: ["code"] }],
  isVersioned: false,
});
export type Department = Stored<Static<typeof department> & Document>;
