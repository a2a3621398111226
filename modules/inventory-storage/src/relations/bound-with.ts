import {
  type Author,
  collection,
  crudRoutes,
  type DocumentCollection,
  keyedWrite,
  Refusal,
  type Route,
  route,
  sql,
  type Stored,
  type Transaction,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { holdings } from "../records/record-tables.ts";
import { domainEvents } from "../records/domain-events.ts";
import { readStored } from "../records/stored-records.ts";

const path = "/inventory-storage/bound-with-parts";
const permissions = "inventory-storage.bound-with-parts";

/** A holdings record whose titles are bound into an item that belongs to another holdings record. */
export const boundWithParts = collection("bound_with_part", {
  schema: Type.Object({ holdingsRecordId: Uuid, itemId: Uuid }, { additionalProperties: false }),
  references: [
    { field: "itemId", to: "item" },
    { field: "holdingsRecordId", to: "holdings_record" },
  ],
  unique: [{ fields: ["itemId", "holdingsRecordId"] }],
  isVersioned: false,
});

type Part = typeof boundWithParts extends DocumentCollection<infer T> ? T : never;

export const boundWithRoutes: readonly Route[] = [
  ...crudRoutes(
    boundWithParts,
    { path, permissions, listName: "boundWithParts" },
    {
      create,
      replace: async (tx, id, part, author) => {
        const old = await boundWithParts.get(tx, id);
        await publish(tx, "UPDATE", { old, new: await boundWithParts.replace(tx, id, part, author) });
      },
      delete: async (tx, id) => remove(tx, await boundWithParts.get(tx, id)),
    },
  ),
  route({
    method: "PUT",
    path: "/inventory-storage/bound-withs",
    summary: "Says which holdings records are bound into an item; the item's own is always among them",
    permissionsRequired: [
      `${permissions}.collection.get`,
      `${permissions}.item.post`,
      `${permissions}.item.delete`,
    ],
    body: Type.Object(
      { itemId: Uuid, boundWithContents: Type.Array(Type.Object({ holdingsRecordId: Uuid })) },
      { additionalProperties: false },
    ),
    answers: { 204: null },
    handle: (call) =>
      keyedWrite(call, "PUT /inventory-storage/bound-withs", async (tx) => {
        const { itemId, boundWithContents } = call.body;
        const wanted = boundWithContents.map(({ holdingsRecordId }) => holdingsRecordId.toLowerCase());
        await bind(tx, itemId, wanted, call.context);
        return { status: 204 };
      }),
  }),
];

async function bind(
  tx: Transaction,
  itemId: string,
  wanted: readonly string[],
  author: Author,
): Promise<void> {
  // Two who bind the same item come one after the other.
  const item = await tx.row<{ main: string }>(
    sql`select holdingsrecordid as main from item where id = ${itemId}::uuid for no key update`,
  );
  const known = await readStored(tx, holdings, wanted);
  const errors = [
    ...(item === null ? [missing("item.not-found", "Item not found.", "itemId", itemId)] : []),
    ...wanted
      .filter((id) => !known.has(id))
      .map((id) => missing("holding.not-found", "Holdings record not found.", "holdingsRecordId", id)),
  ];
  if (item === null || errors.length > 0) throw new Refusal(422, errors);

  // The item's own record alone is no binding.
  const others = wanted.filter((id) => id !== item.main);
  const parts = new Set(others.length === 0 ? [] : [item.main, ...others]);
  const there = await partsOf(tx, itemId);
  for (const part of there) if (!parts.has(part.holdingsRecordId.toLowerCase())) await remove(tx, part);
  const bound = new Set(there.map(({ holdingsRecordId }) => holdingsRecordId.toLowerCase()));
  for (const id of parts) if (!bound.has(id)) await create(tx, { itemId, holdingsRecordId: id }, author);
}

function missing(code: string, message: string, key: string, value: string) {
  return { code, message, parameters: [{ key, value }] };
}

async function partsOf(tx: Transaction, itemId: string): Promise<readonly Stored<Part>[]> {
  const rows = await tx.rows<{ document: string }>(
    sql`select jsonb::text as document from bound_with_part where itemid = ${itemId}::uuid order by id`,
  );
  return rows.map(({ document }) => JSON.parse(document) as Stored<Part>); // as: nothing else is stored
}

async function create(tx: Transaction, part: Part, author: Author): Promise<Stored<Part>> {
  const created = await boundWithParts.create(tx, part, author);
  await publish(tx, "CREATE", { new: created });
  return created;
}

async function remove(tx: Transaction, part: Stored<Part>): Promise<void> {
  await publish(tx, "DELETE", { old: part });
  await boundWithParts.delete(tx, part.id);
}

async function publish(
  tx: Transaction,
  type: "CREATE" | "UPDATE" | "DELETE",
  change: { readonly old?: Stored<Part>; readonly new?: Stored<Part> },
): Promise<void> {
  const parts = [change.old, change.new].filter((part) => part !== undefined);
  const known = await readStored(
    tx,
    holdings,
    parts.map(({ holdingsRecordId }) => holdingsRecordId.toLowerCase()),
  );
  const instanceId = known.get(parts.at(-1)?.holdingsRecordId.toLowerCase() ?? "")?.instanceId ?? "";
  const shown = ([field, part]: readonly [string, Stored<Part>]) => [field, { ...part, instanceId }] as const;
  await domainEvents.publish(tx, {
    type: "inventory.bound-with",
    key: instanceId,
    isOrderedByRows: true,
    payload: { ...Object.fromEntries(Object.entries(change).map(shown)), type, tenant: tx.tenantId },
  });
}
