import { collection, searchable, type Static, Type, Uuid } from "@octavo/module-kit";

const content = {
  scope: Type.String({ description: "Who the setting is of, normally a module" }),
  key: Type.String(),
  value: Type.Unknown({ description: "Any JSON" }),
  userId: Type.Optional(Type.String({ format: "uuid", description: "Whose it is; without it everybody's" })),
};

export const Entry = Type.Object({ id: Uuid, ...content }, { additionalProperties: false });
export type Entry = Static<typeof Entry>;

/** As it is uploaded: found by scope, key and user, its id is not known. */
export const UploadedEntry = Type.Object(content, { additionalProperties: false });

/** A scope has a key once for everybody and once for each user. */
export const entries = collection("settings", {
  schema: Type.Object(content, { additionalProperties: false }),
  isVersioned: false,
  hasMetadata: false,
  indexes: [
    searchable.text("scope", ["exact", "words"], "nothing"),
    searchable.text("key", ["exact", "words"], "nothing"),
    searchable.text("userId", ["exact", "words"], "nothing"),
  ],
  unique: [{ fields: ["scope", "key", "userId"], ignores: "nothing", absentIsEqual: true }],
});
