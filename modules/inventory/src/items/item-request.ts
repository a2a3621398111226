import { invalid, type Refusal, type Static, Type } from "@octavo/module-kit";
import { Version, versionOf } from "../storage/version.ts";
import { itemStatuses } from "./item-status.ts";

const open = { additionalProperties: true };
const orNull = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
const Text = orNull(Type.String());
const Reference = orNull(Type.Object({ id: Text }, open));

export const CirculationNote = Type.Object(
  { id: Text, noteType: Text, note: Text, staffOnly: orNull(Type.Boolean()) },
  open,
);
export type CirculationNote = Static<typeof CirculationNote> & Readonly<Record<string, unknown>>;

/** What clients send: as they see an item. Fields that are not looked at here are checked by storage. */
export const ItemRequest = Type.Object(
  {
    id: Text,
    _version: Version,
    hrid: Text,
    barcode: Text,
    status: orNull(Type.Object({ name: Text, date: Text }, open)),
    materialType: Reference,
    permanentLoanType: Reference,
    temporaryLoanType: Reference,
    permanentLocation: Reference,
    temporaryLocation: Reference,
    circulationNotes: orNull(Type.Array(CirculationNote)),
  },
  open,
);
export type ItemRequest = Static<typeof ItemRequest> & Readonly<Record<string, unknown>>;

/** What an item keeps of what clients send; everything else is worked out anew each time, and so is left out. */
const kept = [
  "hrid",
  "holdingsRecordId",
  "inTransitDestinationServicePointId",
  "formerIds",
  "discoverySuppress",
  "copyNumber",
  "administrativeNotes",
  "notes",
  "barcode",
  "itemLevelCallNumber",
  "itemLevelCallNumberPrefix",
  "itemLevelCallNumberSuffix",
  "itemLevelCallNumberTypeId",
  "volume",
  "displaySummary",
  "enumeration",
  "chronology",
  "numberOfPieces",
  "descriptionOfPieces",
  "numberOfMissingPieces",
  "missingPieces",
  "missingPiecesDate",
  "itemDamagedStatusId",
  "itemDamagedStatusDate",
  "accessionNumber",
  "itemIdentifier",
  "yearCaption",
  "electronicAccess",
  "statisticalCodeIds",
  "purchaseOrderLineIdentifier",
  "tags",
  "lastCheckIn",
] as const;

/** The item for storage, of what a client sent.
 * @param circulationNotes as they are to be kept */
export function toStoredItem(
  id: string,
  request: ItemRequest,
  circulationNotes: readonly object[],
): Readonly<Record<string, unknown>> {
  const fields = kept.map((field) => [field, request[field]] as const);
  const references = (
    [
      ["materialTypeId", request.materialType],
      ["permanentLoanTypeId", request.permanentLoanType],
      ["temporaryLoanTypeId", request.temporaryLoanType],
      ["permanentLocationId", request.permanentLocation],
      ["temporaryLocationId", request.temporaryLocation],
    ] as const
  ).map(([field, reference]) => [field, reference?.id] as const);
  const { name, date } = request.status ?? {};
  return {
    id,
    ...versionOf(request),
    ...Object.fromEntries(
      [...fields, ...references].filter(([, value]) => value !== undefined && value !== null),
    ),
    status: { name, ...(typeof date === "string" && { date }) },
    circulationNotes,
  };
}

/** @returns 422 for a status that there is not */
export function statusRefusal({ status }: ItemRequest): Refusal | null {
  const name = status?.name ?? "";
  if (name.trim() === "") return invalid("status", null, "Status is a required field");
  if (!itemStatuses.has(name)) return invalid("status.name", name, "Undefined status specified");
  return null;
}
