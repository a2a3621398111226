import {
  invalid,
  notFound,
  Refusal,
  type Route,
  route,
  type RequestDatabase,
  Type,
} from "@octavo/module-kit";
import { CustomField, type CustomField as Field, CustomFieldBody, customFields } from "./custom-fields.ts";
import { isSelectable, optionIds } from "./field-kinds.ts";
import { countWithField, countWithOption } from "./values-of-users.ts";
import { createField, deleteField, lockFields, replaceAllFields, replaceField } from "./write-fields.ts";

const prefix = "user-settings.custom-fields";
const withCount = { entityType: Type.String(), count: Type.Integer() };

/** @see folio-custom-fields 2.1: CustomFieldsImpl */
export const customFieldRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/custom-fields",
    summary: "Lists custom fields in their order",
    permissionsRequired: [`${prefix}.collection.get`],
    query: Type.Object({
      query: Type.Optional(Type.String({ description: "CQL; without it everything" })),
      offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
      limit: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 10 }),
    }),
    answers: { 200: Type.Object({ customFields: Type.Array(CustomField), totalRecords: Type.Integer() }) },
    handle: async ({ query: { query = "", offset, limit }, db }) => {
      const page = { query: inOrder(query), offset, limit, totalRecords: "exact" as const };
      const { documents, total } = await db.read((tx) => customFields.search(tx, page));
      return {
        status: 200,
        body: { customFields: documents, totalRecords: total?.count ?? 0 },
      };
    },
  }),
  route({
    method: "POST",
    path: "/custom-fields",
    summary: "Adds a custom field as the last",
    permissionsRequired: [`${prefix}.item.post`],
    body: CustomFieldBody,
    answers: { 201: CustomField },
    handle: async ({ body, db, context }) => {
      const created = await db.tx(async (tx) => {
        const taken = await lockFields(tx);
        const last = Math.max(0, ...taken.map(({ order = 0 }) => order));
        return createField(tx, body, { order: last + 1, taken }, context);
      });
      return { status: 201, headers: { location: `/custom-fields/${created.id}` }, body: created };
    },
  }),
  route({
    method: "PUT",
    path: "/custom-fields",
    summary: "Makes the custom fields of an entity type these, in this order",
    permissionsRequired: [`${prefix}.collection.put`],
    body: Type.Object(
      {
        customFields: Type.Array(CustomFieldBody),
        entityType: Type.String(),
        metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
      },
      { additionalProperties: false },
    ),
    answers: { 204: null },
    handle: async ({ body: { customFields: sent, entityType }, db, context }) => {
      const types = [...new Set(sent.map((field) => field.entityType))];
      const [type = entityType] = types;
      if (types.length > 1) return wrong(`Multiple entityTypes found: [${types.join(", ")}]`);
      if (type !== entityType)
        return wrong(
          `Collection entityType '${entityType}' does not match custom fields entityType '${type}'`,
        );
      await db.tx((tx) => replaceAllFields(tx, entityType, sent, context));
      return { status: 204 };
    },
  }),
  route({
    method: "GET",
    path: "/custom-fields/{id}",
    summary: "Gives a custom field",
    permissionsRequired: [`${prefix}.item.get`],
    answers: { 200: CustomField },
    handle: async ({ params: { id }, db }) => ({ status: 200, body: await fieldOf(db, id) }),
  }),
  route({
    method: "PUT",
    path: "/custom-fields/{id}",
    summary: "Changes a custom field; options that go are taken from users",
    permissionsRequired: [`${prefix}.item.put`],
    body: CustomFieldBody,
    answers: { 204: null },
    handle: async ({ params: { id }, body, db, context }) => {
      await db.tx(async (tx) => {
        const stored = (await lockFields(tx)).find((field) => field.id === id.toLowerCase());
        if (stored === undefined) throw notFound("CustomField", id);
        await replaceField(tx, stored, body, stored.order ?? 1, context);
      });
      return { status: 204 };
    },
  }),
  route({
    method: "DELETE",
    path: "/custom-fields/{id}",
    summary: "Deletes a custom field, with what users have of it",
    permissionsRequired: [`${prefix}.item.delete`],
    answers: { 204: null },
    handle: async ({ params: { id }, db }) => {
      await db.tx((tx) => deleteField(tx, id));
      return { status: 204 };
    },
  }),
  route({
    method: "GET",
    path: "/custom-fields/{id}/stats",
    summary: "Says how many users have a value of it",
    permissionsRequired: [`${prefix}.item.stats.get`],
    answers: { 200: Type.Object({ fieldId: Type.String(), ...withCount }) },
    handle: async ({ params: { id }, db }) => {
      const { id: fieldId, entityType, refId = "" } = await fieldOf(db, id);
      const count = await db.read((tx) => countWithField(tx, refId));
      return { status: 200, body: { fieldId, entityType, count } };
    },
  }),
  route({
    method: "GET",
    path: "/custom-fields/{id}/options/{optId}/stats",
    summary: "Says how many users have chosen an option",
    permissionsRequired: [`${prefix}.item.option.stats.get`],
    answers: { 200: Type.Object({ optionId: Type.String(), customFieldId: Type.String(), ...withCount }) },
    handle: async ({ params: { id, optId }, db }) => {
      const field = await fieldOf(db, id);
      const { entityType, refId = "", type } = field;
      if (!isSelectable(field)) {
        const kinds = "SINGLE_SELECT_DROPDOWN, MULTI_SELECT_DROPDOWN, RADIO_BUTTON";
        return invalid("type", type, `The type of the custom field must be one of: ${kinds}`);
      }
      if (!optionIds(field).includes(optId))
        return invalid("optId", optId, `Option with id '${optId}' not found in custom field '${field.id}'`);
      const count = await db.read((tx) => countWithOption(tx, refId, optId));
      return { status: 200, body: { optionId: optId, customFieldId: field.id, entityType, count } };
    },
  }),
];

/** @throws Refusal 404 */
async function fieldOf(db: RequestDatabase, id: string): Promise<Field> {
  const found = await db.read((tx) => customFields.find(tx, id));
  if (found === null) throw notFound("CustomField", id);
  return found;
}

/** The same query with the fields' own order behind its own. */
function inOrder(query: string): string {
  if (query.trim() === "") return "cql.allRecords=1 sortby order";
  const names = query.replaceAll(/"(?:[^"\\]|\\.)*"/gu, '""');
  return /\ssortby\s/iu.test(names) ? `${query} order` : `(${query}) sortby order`;
}

function wrong(message: string): Refusal {
  return new Refusal(422, [{ message, code: "-1" }]);
}
