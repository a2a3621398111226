import { collection, type DocumentCollection, searchable, Type } from "@octavo/module-kit";

/** What kind of note it is, as the library calls it: a name is there once. */
export const noteTypes = collection("note_type", {
  schema: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 255 }),
      usage: Type.Optional(
        Type.Object(
          { isAssigned: Type.Boolean() },
          { description: "Whether a note has it; made when it is read" },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  indexes: [
    searchable.text("name", ["exact", "words"]),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  unique: [{ fields: ["name"], ignores: "nothing" }],
  isVersioned: false, // clients of mod-notes know no _version
});

export type NoteType = typeof noteTypes extends DocumentCollection<infer T> ? T : never;

/** What every tenant begins with. */
export const shippedTypes = [{ id: "6b8c1a34-8a0d-4c37-9a53-1d6f0c2b7e10", name: "General note" }];
