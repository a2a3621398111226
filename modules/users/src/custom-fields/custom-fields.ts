import {
  collection,
  type Document,
  Metadata,
  searchable,
  type Static,
  type Stored,
  Type,
  Uuid,
} from "@octavo/module-kit";

const closed = { additionalProperties: false };
const flag = (description?: string) =>
  Type.Optional(Type.Boolean(description === undefined ? {} : { description }));

const Option = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: String.raw`^opt_\d{1,5}$` })),
    value: Type.String(),
    default: flag(),
  },
  closed,
);

const fields = {
  name: Type.String(),
  refId: Type.Optional(Type.String({ description: "Under which users have a value: made of the name" })),
  type: Type.Enum([
    "RADIO_BUTTON",
    "SINGLE_CHECKBOX",
    "SINGLE_SELECT_DROPDOWN",
    "MULTI_SELECT_DROPDOWN",
    "TEXTBOX_SHORT",
    "TEXTBOX_LONG",
    "DATE_PICKER",
  ]),
  entityType: Type.String({ description: "What has such a field: user" }),
  visible: flag("True unless told"),
  required: flag(),
  isRepeatable: flag("A value may be a list"),
  order: Type.Optional(Type.Integer({ description: "Its place, from 1 on" })),
  helpText: Type.Optional(Type.String()),
  checkboxField: Type.Optional(Type.Object({ default: flag() }, closed)),
  selectField: Type.Optional(
    Type.Object(
      {
        multiSelect: Type.Boolean(),
        options: Type.Object(
          {
            values: Type.Array(Option),
            sortingOrder: Type.Optional(Type.Enum(["ASC", "DESC", "CUSTOM"])),
          },
          closed,
        ),
      },
      closed,
    ),
  ),
  textField: Type.Optional(
    Type.Object({ fieldFormat: Type.Enum(["TEXT", "EMAIL", "URL", "NUMBER"]) }, closed),
  ),
};

/** What a client sends: folio-custom-fields 2.1, customField.json. */
export const CustomFieldBody = Type.Object(
  {
    id: Type.Optional(Uuid),
    ...fields,
    metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  closed,
);
export type CustomFieldInput = Static<typeof CustomFieldBody>;

/** Fields that a library adds to its users. */
export const customFields = collection("custom_fields", {
  schema: Type.Object(fields, closed),
  indexes: [
    searchable.text("name", ["exact", "words"]),
    searchable.text("refId", ["exact"], "nothing"),
    searchable.text("type", ["exact"]),
    searchable.text("entityType", ["exact"]),
    searchable.number("order"),
    searchable.boolean("visible"),
    searchable.boolean("required"),
    searchable.boolean("isRepeatable"),
  ],
  dynamic: ["helpText", "name", "type", "entityType"],
  unique: [{ fields: ["refId"], ignores: "nothing" }],
  isVersioned: false,
});
export const CustomField = Type.Object({ id: Uuid, ...fields, metadata: Type.Optional(Metadata) });
export type CustomField = Stored<Static<typeof CustomField> & Document>;
