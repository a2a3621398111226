import { type Document, type Static, Type, Uuid } from "@octavo/module-kit";
import {
  DistinctIds,
  DistinctTexts,
  ElectronicAccess,
  Flag,
  Id,
  Tags,
  Text,
  Texts,
  Virtual,
} from "../records/shapes.ts";

const closed = { additionalProperties: false };

/** The states that circulation knows an item in. */
const ITEM_STATUSES = [
  "Aged to lost",
  "Available",
  "Awaiting pickup",
  "Awaiting delivery",
  "Checked out",
  "Claimed returned",
  "Declared lost",
  "In process",
  "In process (non-requestable)",
  "In transit",
  "Intellectual item",
  "Long missing",
  "Lost and paid",
  "Missing",
  "On order",
  "Paged",
  "Restricted",
  "Order closed",
  "Unavailable",
  "Unknown",
  "Withdrawn",
] as const;

const CirculationNote = Type.Object(
  {
    id: Text,
    noteType: Type.Optional(Type.Union([Type.Literal("Check in"), Type.Literal("Check out")])),
    note: Text,
    source: Type.Optional(
      Type.Object({
        id: Text,
        personal: Type.Optional(Type.Object({ lastName: Text, firstName: Text })),
      }),
    ),
    date: Text,
    staffOnly: Flag,
  },
  closed,
);

/** A copy or volume, as it is lent: mod-inventory-storage's `item`. */
export const ItemFields = Type.Object(
  {
    hrid: Text,
    holdingsRecordId: Uuid,
    formerIds: DistinctTexts,
    discoverySuppress: Flag,
    displaySummary: Text,
    accessionNumber: Text,
    barcode: Text,
    effectiveShelvingOrder: Text,
    itemLevelCallNumber: Text,
    itemLevelCallNumberPrefix: Text,
    itemLevelCallNumberSuffix: Text,
    itemLevelCallNumberTypeId: Id,
    effectiveCallNumberComponents: Type.Optional(
      Type.Object({ callNumber: Text, prefix: Text, suffix: Text, typeId: Id }, closed),
    ),
    volume: Text,
    enumeration: Text,
    chronology: Text,
    yearCaption: DistinctTexts,
    itemIdentifier: Text,
    copyNumber: Text,
    numberOfPieces: Text,
    descriptionOfPieces: Text,
    numberOfMissingPieces: Text,
    missingPieces: Text,
    missingPiecesDate: Text,
    itemDamagedStatusId: Id,
    itemDamagedStatusDate: Text,
    administrativeNotes: Texts,
    notes: Type.Optional(
      Type.Array(
        Type.Object({ itemNoteTypeId: Id, itemNoteType: Virtual, note: Text, staffOnly: Flag }, closed),
      ),
    ),
    circulationNotes: Type.Optional(Type.Array(CirculationNote)),
    status: Type.Object(
      { name: Type.Enum(ITEM_STATUSES), date: Type.Optional(Type.String({ format: "date-time" })) },
      closed,
    ),
    materialTypeId: Uuid,
    materialType: Virtual,
    permanentLoanTypeId: Uuid,
    temporaryLoanTypeId: Id,
    permanentLocationId: Id,
    permanentLocation: Virtual,
    temporaryLocationId: Id,
    temporaryLocation: Virtual,
    effectiveLocationId: Id,
    electronicAccess: ElectronicAccess,
    inTransitDestinationServicePointId: Id,
    statisticalCodeIds: DistinctIds,
    purchaseOrderLineIdentifier: Text,
    tags: Tags,
    holdingsRecord2: Virtual,
    lastCheckIn: Type.Optional(
      Type.Object({ dateTime: Text, servicePointId: Text, staffMemberId: Text }, closed),
    ),
  },
  closed,
);

export type Item = Static<typeof ItemFields> & Document;
