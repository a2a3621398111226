import { collection, type DocumentCollection, searchable, Type } from "@octavo/module-kit";

const text = (name: string) => searchable.text(name, ["exact", "words"], "case");

/** Settings as mod-configuration 5.10 keeps them: of an enabled one, module, name, code and user are there once. */
export const entries = collection("config_data", {
  schema: Type.Object(
    {
      module: Type.String({ description: "Who the setting is of: CHECKOUT" }),
      configName: Type.String({ description: "What is set: other_settings" }),
      code: Type.Optional(Type.String({ description: "Which of several of this name" })),
      description: Type.Optional(Type.String()),
      default: Type.Optional(Type.Boolean()),
      enabled: Type.Optional(Type.Boolean({ description: "True unless told" })),
      value: Type.Optional(Type.String({ description: "Often JSON as a text" })),
      userId: Type.Optional(Type.String({ description: "Whose it is; without it everybody's" })),
    },
    { additionalProperties: false },
  ),
  indexes: [
    text("module"),
    text("configName"),
    text("code"),
    text("userId"),
    searchable.text("value", ["exact", "words"]),
    searchable.boolean("default"),
    searchable.boolean("enabled"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: ["description"],
  unique: [{ fields: ["module", "configName", "code", "userId"], absentIsEqual: true, whereTrue: "enabled" }],
  isVersioned: false, // clients of mod-configuration know no _version
});

/** As clients send it. */
export type Entry = typeof entries extends DocumentCollection<infer T> ? T : never;
