import { type ReadTransaction, sql } from "@octavo/module-kit";
import type { HoldingsRecord } from "../holdings/holdings-schema.ts";
import type { Instance } from "../instances/instance-schema.ts";
import type { Item } from "../items/item-schema.ts";
import { byId } from "../records/stored-records.ts";
import type { Descriptions } from "./descriptions.ts";

/** An instance with its holdings records and their items, those of other records that are bound into one of its own among them. */
export interface Harvested {
  readonly instance: Instance;
  readonly holdings: readonly HoldingsRecord[];
  readonly items: readonly { readonly item: Item; readonly of: HoldingsRecord }[];
}

interface Row {
  readonly document: string;
}

/** @param withoutSuppressed leaves out holdings records and items that are not for discovery */
export async function harvested(
  tx: ReadTransaction,
  ids: readonly string[],
  withoutSuppressed: boolean,
): Promise<readonly Harvested[]> {
  const instances = byId<Instance>(
    await tx.rows<Row>(
      sql`select jsonb::text as document from instance where id = any(${ids}::uuid[]) order by id`,
    ),
  );
  const holdings = byId<HoldingsRecord>(
    await tx.rows<Row>(
      sql`select jsonb::text as document from holdings_record where instanceid = any(${ids}::uuid[]) order by id`,
    ),
  );
  const rows = await tx.rows<Row & { holdings: string }>(
    sql`select i.holdingsrecordid as holdings, i.jsonb::text as document from item as i
          where i.holdingsrecordid = any(${[...holdings.keys()]}::uuid[])
        union all
        select b.holdingsrecordid, i.jsonb::text from bound_with_part as b join item as i on i.id = b.itemid
          where b.holdingsrecordid = any(${[...holdings.keys()]}::uuid[]) and b.holdingsrecordid <> i.holdingsrecordid`,
  );
  const isShown = ({ discoverySuppress = false }: { readonly discoverySuppress?: boolean }): boolean =>
    !(withoutSuppressed && discoverySuppress);
  const items = rows.map((row) => ({
    item: JSON.parse(row.document) as Item,
    of: holdings.get(row.holdings),
  })); // as: nothing else is stored
  return [...instances.values()].map((instance) => ({
    instance,
    holdings: [...holdings.values()].filter((each) => each.instanceId === instance.id && isShown(each)),
    items: items.flatMap(({ item, of }) =>
      of !== undefined && of.instanceId === instance.id && isShown(of) && isShown(item) ? [{ item, of }] : [],
    ),
  }));
}

/** A holdings record as inventory-hierarchy tells it. */
export function holdingsView(instance: Instance, holdings: HoldingsRecord, names: Descriptions): object {
  return {
    id: holdings.id,
    hrId: holdings.hrid,
    suppressFromDiscovery: instance.discoverySuppress === true || holdings.discoverySuppress === true,
    holdingsType: names.nameOf("holdings_type", holdings.holdingsTypeId),
    formerIds: holdings.formerIds,
    location: {
      permanentLocation: names.location(holdings.permanentLocationId),
      temporaryLocation: names.location(holdings.temporaryLocationId),
      effectiveLocation: names.location(holdings.effectiveLocationId),
    },
    callNumber: {
      prefix: holdings.callNumberPrefix,
      suffix: holdings.callNumberSuffix,
      typeId: holdings.callNumberTypeId,
      typeName: names.nameOf("call_number_type", holdings.callNumberTypeId),
      callNumber: holdings.callNumber,
    },
    shelvingTitle: holdings.shelvingTitle,
    acquisitionFormat: holdings.acquisitionFormat,
    acquisitionMethod: holdings.acquisitionMethod,
    receiptStatus: holdings.receiptStatus,
    electronicAccess: names.electronicAccess(holdings.electronicAccess),
    notes: names.publicNotes(holdings.notes, "holdingsNoteTypeId", "holdings_note_type"),
    illPolicy: names.nameOf("ill_policy", holdings.illPolicyId),
    retentionPolicy: holdings.retentionPolicy,
    digitizationPolicy: holdings.digitizationPolicy,
    holdingsStatements: holdings.holdingsStatements,
    holdingsStatementsForIndexes: holdings.holdingsStatementsForIndexes,
    holdingsStatementsForSupplements: holdings.holdingsStatementsForSupplements,
    copyNumber: holdings.copyNumber,
    numberOfItems: holdings.numberOfItems,
    receivingHistory: holdings.receivingHistory,
    tags: holdings.tags,
    statisticalCodes: names.statisticalCodes(holdings.statisticalCodeIds),
  };
}

/** An item as inventory-hierarchy tells it. */
export function itemView(instance: Instance, of: HoldingsRecord, item: Item, names: Descriptions): object {
  return {
    id: item.id,
    hrId: item.hrid,
    holdingsRecordId: item.holdingsRecordId,
    suppressFromDiscovery: isSuppressed(instance, of, item),
    status: item.status.name,
    formerIds: item.formerIds,
    location: {
      location: names.location(item.effectiveLocationId),
      permanentLocation: names.location(item.permanentLocationId),
      temporaryLocation: names.location(item.temporaryLocationId),
    },
    callNumber: callNumberOf(item, names),
    accessionNumber: item.accessionNumber,
    barcode: item.barcode,
    copyNumber: item.copyNumber,
    volume: item.volume,
    enumeration: item.enumeration,
    chronology: item.chronology,
    displaySummary: item.displaySummary,
    yearCaption: item.yearCaption,
    itemIdentifier: item.itemIdentifier,
    numberOfPieces: item.numberOfPieces,
    descriptionOfPieces: item.descriptionOfPieces,
    numberOfMissingPieces: item.numberOfMissingPieces,
    missingPieces: item.missingPieces,
    missingPiecesDate: item.missingPiecesDate,
    itemDamagedStatus: names.nameOf("item_damaged_status", item.itemDamagedStatusId),
    itemDamagedStatusDate: item.itemDamagedStatusDate,
    materialType: names.nameOf("material_type", item.materialTypeId),
    materialTypeId: item.materialTypeId,
    permanentLoanType: names.nameOf("loan_type", item.permanentLoanTypeId),
    temporaryLoanType: names.nameOf("loan_type", item.temporaryLoanTypeId),
    electronicAccess: names.electronicAccess(item.electronicAccess),
    notes: names.publicNotes(item.notes, "itemNoteTypeId", "item_note_type"),
    tags: item.tags,
    statisticalCodes: names.statisticalCodes(item.statisticalCodeIds),
  };
}

/** An item as the OAI-PMH view tells it. */
export function pmhItemView(instance: Instance, of: HoldingsRecord, item: Item, names: Descriptions): object {
  const location = names.row("location", item.effectiveLocationId) ?? {};
  return {
    id: item.id,
    callNumber: callNumberOf(item, names),
    location: {
      location: {
        institutionId: location["institutionId"],
        institutionName: names.nameOf("locinstitution", location["institutionId"]),
        campusId: location["campusId"],
        campusName: names.nameOf("loccampus", location["campusId"]),
        libraryId: location["libraryId"],
        libraryName: names.nameOf("loclibrary", location["libraryId"]),
      },
      name: location["discoveryDisplayName"] ?? location["name"],
    },
    volume: item.volume,
    enumeration: item.enumeration,
    materialType: names.nameOf("material_type", item.materialTypeId),
    electronicAccess: names.electronicAccess([
      ...(item.electronicAccess ?? []),
      ...(of.electronicAccess ?? []),
    ]),
    suppressFromDiscovery: isSuppressed(instance, of, item),
    notes: names.publicNotes(item.notes, "itemNoteTypeId", "item_note_type"),
    barcode: item.barcode,
    chronology: item.chronology,
    copyNumber: item.copyNumber,
    holdingsRecordId: of.id,
  };
}

function callNumberOf(item: Item, names: Descriptions): object {
  const { typeId } = item.effectiveCallNumberComponents ?? {};
  return { ...item.effectiveCallNumberComponents, typeName: names.nameOf("call_number_type", typeId) };
}

function isSuppressed(...all: readonly { readonly discoverySuppress?: boolean }[]): boolean {
  return all.some(({ discoverySuppress }) => discoverySuppress === true);
}
