import {
  collection,
  type DocumentCollection,
  expandIndex,
  searchable,
  type Step,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { noteTypes } from "./note-types.ts";

const Link = Type.Object(
  { id: Type.String({ maxLength: 255 }), type: Type.String({ maxLength: 255 }) },
  { description: "What the note is about: the id of a package, a user ..." },
);

/** Notes as mod-notes 5.2 has them; the name of the type is read with them. */
export const notes = collection("note", {
  schema: Type.Object(
    {
      typeId: Uuid,
      type: Type.Optional(Type.String({ description: "The type's name; made when it is read" })),
      title: Type.String({ maxLength: 255 }),
      domain: Type.String({ maxLength: 100, description: "Which application it belongs to: eholdings" }),
      content: Type.Optional(Type.String({ description: "HTML, of which few elements are kept" })),
      popUpOnCheckOut: Type.Optional(Type.Boolean()),
      popUpOnUser: Type.Optional(Type.Boolean()),
      links: Type.Optional(Type.Array(Link)),
    },
    { additionalProperties: false },
  ),
  references: [{ field: "typeId", to: "note_type" }],
  foreign: [{ alias: "type", steps: [{ to: "parent", table: "note_type", key: "typeId" }] }],
  related: () => [noteTypes],
  indexes: [
    searchable.text("title", ["exact", "words"]),
    searchable.text("domain", ["exact", "words"]),
    searchable.text("content", ["words"]),
    searchable.objects("links", { property: "id", modifiers: ["type"], match: ["exact"] }),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: ["popUpOnCheckOut", "popUpOnUser"],
  isVersioned: false,
});

export type Note = typeof notes extends DocumentCollection<infer T> ? T : never;

/** What notes of one thing are found by. */
export const linkIndex: Step = expandIndex("notes by what they are about", {
  name: "note_links",
  definition: "note_links ON note USING gin ((jsonb -> 'links') jsonb_path_ops)",
});
