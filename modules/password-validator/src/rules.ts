import { collection, searchable, type Static, Type } from "@octavo/module-kit";

const content = {
  ruleId: Type.Optional(Type.String()),
  name: Type.String({ maxLength: 256 }),
  type: Type.Enum(["RegExp", "Programmatic", "PwnedPassword"]),
  validationType: Type.Enum(["Soft", "Strong"], {
    description: "A Strong rule that is broken ends the checking; after a Soft one it goes on",
  }),
  state: Type.Enum(["Enabled", "Disabled"]),
  moduleName: Type.String({ maxLength: 128 }),
  implementationReference: Type.Optional(
    Type.String({ description: "Of Programmatic: a path behind the gateway" }),
  ),
  expression: Type.Optional(Type.String({ description: "Of RegExp: the whole password must match" })),
  description: Type.Optional(Type.String()),
  orderNo: Type.Integer(),
  errMessageId: Type.Optional(Type.String({ maxLength: 128 })),
};

/** What a new password must keep; a tenant may add rules and switch them off. */
export const rules = collection("validation_rules", {
  schema: Type.Object(content, { additionalProperties: false }),
  indexes: [
    searchable.text("name", ["exact", "words"]),
    searchable.text("type", ["exact"]),
    searchable.text("validationType", ["exact"]),
    searchable.text("state", ["exact"]),
    searchable.text("moduleName", ["exact"]),
    searchable.number("orderNo"),
  ],
  unique: [{ fields: ["name"], ignores: "nothing" }],
  isVersioned: false,
});

const plain = Type.Object(content);
export type Rule = Static<typeof plain> & { readonly id?: string };
