import {
  defineInterface,
  type InterfaceDefinition,
  listJson,
  piecesWithin,
  route,
  type Search,
  streamed,
  type TextSearch,
  Type,
} from "@octavo/module-kit";
import { holdings, instances } from "../records/record-tables.ts";

/** The ids of all that a query finds, however many: what exports begin with. */
export const bulkInterface: InterfaceDefinition = defineInterface("inventory-record-bulk", "1.0", [
  route({
    method: "GET",
    path: "/record-bulk/ids",
    summary: "Lists the ids of instances or holdings records",
    permissionsRequired: ["inventory-storage.record-bulk.ids.get"],
    query: Type.Object({
      field: Type.Optional(Type.Literal("id")),
      recordType: Type.Optional(Type.Union([Type.Literal("INSTANCE"), Type.Literal("HOLDING")])),
      query: Type.Optional(Type.String()),
      limit: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 2_147_483_647 }),
      offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
    }),
    answers: {
      200: Type.Object({ ids: Type.Array(Type.Object({ id: Type.String() })), totalRecords: Type.Integer() }),
    },
    handle: async ({ query: { recordType, query, limit, offset }, db }) => {
      const table = recordType === "HOLDING" ? holdings : instances;
      const wanted: Search = { query: asItem(query), limit, offset, totalRecords: "auto" };
      const pieces = await piecesWithin(db, (tx) =>
        listJson({ listName: "ids", hasResultInfo: false }, idsOnly(table.searchTexts(tx, wanted))),
      );
      return { status: 200, body: streamed(pieces) };
    },
  }),
]);

/** Older clients write `items.`. */
function asItem(query: string | undefined): string | null {
  return query?.replaceAll("items.effectiveLocationId", "item.effectiveLocationId") ?? null;
}

function idsOnly(found: TextSearch): TextSearch {
  return { documents: idTexts(found.documents), total: (returned) => found.total(returned) };
}

async function* idTexts(documents: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of documents) {
    const { id } = JSON.parse(text) as { readonly id: string }; // as: each document has one
    yield JSON.stringify({ id });
  }
}
