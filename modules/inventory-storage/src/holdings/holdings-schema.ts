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
} from "../records/shapes.ts";

const closed = { additionalProperties: false };
const Statements = Type.Optional(
  Type.Array(Type.Object({ statement: Text, note: Text, staffNote: Text }, closed)),
);

/** What a library has of an instance, in one place: mod-inventory-storage's `holdings_record`. */
export const HoldingsRecordFields = Type.Object(
  {
    sourceId: Id,
    hrid: Text,
    holdingsTypeId: Id,
    formerIds: DistinctTexts,
    instanceId: Uuid,
    permanentLocationId: Uuid,
    temporaryLocationId: Id,
    effectiveLocationId: Id,
    electronicAccess: ElectronicAccess,
    callNumberTypeId: Id,
    callNumberPrefix: Text,
    callNumber: Text,
    callNumberSuffix: Text,
    shelvingTitle: Text,
    acquisitionFormat: Text,
    acquisitionMethod: Text,
    receiptStatus: Text,
    administrativeNotes: Texts,
    notes: Type.Optional(
      Type.Array(Type.Object({ holdingsNoteTypeId: Id, note: Text, staffOnly: Flag }, closed)),
    ),
    illPolicyId: Id,
    retentionPolicy: Text,
    digitizationPolicy: Text,
    holdingsStatements: Statements,
    holdingsStatementsForIndexes: Statements,
    holdingsStatementsForSupplements: Statements,
    copyNumber: Text,
    numberOfItems: Text,
    receivingHistory: Type.Optional(
      Type.Object(
        {
          displayType: Text,
          entries: Type.Optional(
            Type.Array(Type.Object({ publicDisplay: Flag, enumeration: Text, chronology: Text }, closed)),
          ),
        },
        closed,
      ),
    ),
    discoverySuppress: Flag,
    statisticalCodeIds: DistinctIds,
    tags: Tags,
  },
  closed,
);

export type HoldingsRecord = Static<typeof HoldingsRecordFields> & Document;
