import { type Calls, type Static, Type } from "@octavo/module-kit";
import { rowsById, rowsWhere, storageLists, type StoredItem } from "../storage/storage-lists.ts";

const open = { additionalProperties: true };
const Text = Type.Optional(Type.String());
const Named = Type.Object({ id: Type.String(), name: Text });

/** An item as clients see it: with the names of what it refers to, and its title. What is not named here is as storage has it. */
export const InventoryItem = Type.Object(
  {
    id: Type.String(),
    title: Type.Optional(Type.String({ description: "Of its instance" })),
    callNumber: Type.Optional(Type.String({ description: "Of its holdings record" })),
    contributorNames: Type.Array(Type.Object({ name: Text })),
    status: Type.Object({ name: Type.String(), date: Text }, open),
    materialType: Type.Optional(Named),
    permanentLoanType: Type.Optional(Named),
    temporaryLoanType: Type.Optional(Named),
    permanentLocation: Type.Optional(Named),
    temporaryLocation: Type.Optional(Named),
    effectiveLocation: Type.Optional(Named),
    isBoundWith: Type.Boolean(),
    boundWithTitles: Type.Optional(
      Type.Array(
        Type.Object({
          briefHoldingsRecord: Type.Object({ id: Type.String(), hrid: Text }),
          briefInstance: Type.Object({ id: Type.String(), title: Text, hrid: Text }),
        }),
      ),
    ),
  },
  open,
);
export type InventoryItem = Static<typeof InventoryItem>;

/** Lists that are there in every item, as mod-inventory has them. */
const empty = {
  administrativeNotes: [],
  formerIds: [],
  notes: [],
  circulationNotes: [],
  tags: { tagList: [] },
  yearCaption: [],
  electronicAccess: [],
  statisticalCodeIds: [],
};

/** Items with what belongs to them: six calls for fifty items, however many holdings records, types and locations they have.
 * @throws Refusal where one of the calls is refused */
export async function composeItems(
  calls: Calls,
  items: readonly StoredItem[],
): Promise<readonly InventoryItem[]> {
  const ids = (of: (item: StoredItem) => readonly (string | undefined)[]) => items.flatMap(of);
  const [{ holdings, instances }, materialTypes, loanTypes, locations, parts] = await Promise.all([
    readTitles(
      calls,
      ids((item) => [item.holdingsRecordId]),
    ),
    rowsById(
      calls,
      storageLists.materialTypes,
      ids((item) => [item.materialTypeId]),
    ),
    rowsById(
      calls,
      storageLists.loanTypes,
      ids((item) => [item.permanentLoanTypeId, item.temporaryLoanTypeId]),
    ),
    rowsById(
      calls,
      storageLists.locations,
      ids((item) => [item.permanentLocationId, item.temporaryLocationId, item.effectiveLocationId]),
    ),
    rowsWhere(
      calls,
      storageLists.boundWithParts,
      "itemId",
      ids((item) => [item.id]),
    ),
  ]);
  const boundWith = new Set(parts.map(({ itemId }) => itemId));
  const named = (field: string, id: string | undefined, known: ReadonlyMap<string, { name: string }>) =>
    id === undefined ? {} : { [field]: { id, ...nameOf(known.get(id)) } };
  return items.map((item) => {
    const {
      materialTypeId,
      permanentLoanTypeId,
      temporaryLoanTypeId,
      permanentLocationId,
      temporaryLocationId,
      effectiveLocationId,
      ...stored
    } = item;
    const holding = holdings.get(item.holdingsRecordId);
    const instance = instances.get(holding?.instanceId ?? "");
    return {
      ...empty,
      ...stored,
      ...(instance?.title !== undefined && { title: instance.title }),
      ...(holding?.callNumber !== undefined && { callNumber: holding.callNumber }),
      contributorNames: (instance?.contributors ?? []).map(({ name = "" }) => ({ name })),
      ...named("materialType", materialTypeId, materialTypes),
      ...named("permanentLoanType", permanentLoanTypeId, loanTypes),
      ...named("temporaryLoanType", temporaryLoanTypeId, loanTypes),
      ...named("permanentLocation", permanentLocationId, locations),
      ...named("temporaryLocation", temporaryLocationId, locations),
      ...named("effectiveLocation", effectiveLocationId, locations),
      isBoundWith: boundWith.has(item.id),
    };
  });
}

/** One item; with the titles that are bound into it, which takes three calls more.
 * @throws Refusal where one of the calls is refused */
export async function composeItem(calls: Calls, item: StoredItem): Promise<InventoryItem> {
  const [composed] = await composeItems(calls, [item]);
  if (composed === undefined) throw new Error("an item is composed of one item");
  if (!composed.isBoundWith) return composed;
  return { ...composed, boundWithTitles: await boundWithTitlesOf(calls, item.id) };
}

async function boundWithTitlesOf(
  calls: Calls,
  itemId: string,
): Promise<NonNullable<InventoryItem["boundWithTitles"]>> {
  const parts = await rowsWhere(calls, storageLists.boundWithParts, "itemId", [itemId]);
  const { holdings, instances } = await readTitles(
    calls,
    parts.map(({ holdingsRecordId }) => holdingsRecordId),
  );
  return [...holdings.values()].map(({ id, hrid, instanceId }) => {
    const { title, hrid: instanceHrid } = instances.get(instanceId) ?? {};
    return {
      briefHoldingsRecord: { id, ...(hrid !== undefined && { hrid }) },
      briefInstance: {
        id: instanceId,
        ...(title !== undefined && { title }),
        ...(instanceHrid !== undefined && { hrid: instanceHrid }),
      },
    };
  });
}

async function readTitles(calls: Calls, holdingsIds: readonly (string | undefined)[]) {
  const holdings = await rowsById(calls, storageLists.holdings, holdingsIds);
  const instanceIds = [...holdings.values()].map(({ instanceId }) => instanceId);
  return { holdings, instances: await rowsById(calls, storageLists.instances, instanceIds) };
}

function nameOf(known: { readonly name: string } | undefined): { readonly name?: string } {
  return known === undefined ? {} : { name: known.name };
}
