import { type Static, type TObject, type TProperties, Type } from "typebox";
import { type Document, Metadata, Uuid } from "./document.ts";
import { DocumentCollection } from "./document-collection.ts";
import { type TableInput, tableOf } from "./table.ts";

export interface CollectionInput<Fields extends TProperties> extends TableInput {
  /** What the module keeps; `id`, `_version` and `metadata` are added by the kit. */
  readonly schema: TObject<Fields>;
  /** Documents carry `_version`, and one that somebody else has changed meanwhile is not replaced (409). True unless told. */
  readonly isVersioned?: boolean;
  /** Documents say who made and changed them, and when. True unless told. */
  readonly hasMetadata?: boolean;
}

/** States a collection: documents of one kind in a table `id uuid, jsonb jsonb`, searched with CQL. `collections(tags)` is the part of the module
 * that makes the table.
 *
 *     const tags = collection("tags", {
 *       schema: Type.Object({ label: Type.String() }),
 *       indexes: [searchable.text("label", ["exact", "words"])],
 *       unique: [{ fields: ["label"] }],
 *     });
 *
 * @param name of the table
 * @throws Error where a declaration is wrong: a mistake of the module's author */
export function collection<Fields extends TProperties>(
  name: string,
  { schema, isVersioned = true, hasMetadata = true, ...table }: CollectionInput<Fields>,
): DocumentCollection<Static<TObject<Fields>> & Document> {
  const whole = Type.Object(
    {
      id: Type.Optional(Uuid),
      ...(isVersioned && { _version: Type.Optional(Type.Integer()) }),
      ...schema.properties,
      ...(hasMetadata && { metadata: Type.Optional(Metadata) }),
    },
    optionsOf(schema),
  );
  return new DocumentCollection(tableOf(name, table), whole, { isVersioned, hasMetadata });
}

/** Whether more properties may come, its description: what is left of a schema beside its properties. */
function optionsOf(schema: TObject): Record<string, unknown> {
  const own = new Set(["type", "properties", "required"]);
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !own.has(key)));
}
