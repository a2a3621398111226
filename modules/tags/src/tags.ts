import {
  collection,
  collections,
  crudRoutes,
  defineInterface,
  defineModule,
  referenceData,
  searchable,
  Type,
} from "@octavo/module-kit";

/** Labels that a library puts on its records, as mod-tags 2.2 keeps them: a label is there once, capitals count. */
const labels = collection("tags", {
  schema: Type.Object(
    {
      label: Type.String({ maxLength: 255, description: "The short label of this tag" }),
      description: Type.Optional(Type.String({ maxLength: 255, description: "What it is for" })),
    },
    { additionalProperties: false },
  ),
  indexes: [
    searchable.text("label", ["exact", "words"], "case"),
    searchable.text("description", ["exact", "words"], "case"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  unique: [{ fields: ["label"], ignores: "nothing" }],
  isVersioned: false, // clients of mod-tags know no _version
});

const shipped = [
  { id: "e6dd4d1a-6f43-4d0b-9c0a-7f5f0a2a4c11", label: "important" },
  {
    id: "0c7a1f5e-8d2b-4a55-b7a4-3d1c9d1b5e22",
    label: "urgent",
    description: "Requires urgent attention",
  },
];

const permissions = { permissions: "tags", path: "/tags", listName: "tags", defaultLimit: 1000 };

export const tags = defineModule({
  name: "octavo-tags",
  version: "1.0.0",
  title: "Tags",
  replaces: ["mod-tags"],
  interfaces: [defineInterface("tags", "1.0", crudRoutes(labels, permissions))],
  parts: [collections(labels)],
  steps: [referenceData("tags that everybody has", { table: "tags", rows: shipped })],
});
