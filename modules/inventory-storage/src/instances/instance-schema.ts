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
const Heading = Type.Object({ value: Type.String(), authorityId: Id }, closed);

/** A title that a library has or knows, however many copies: mod-inventory-storage's `instance`. */
export const InstanceFields = Type.Object(
  {
    hrid: Text,
    matchKey: Text,
    source: Type.String({ description: "FOLIO, MARC ..." }),
    title: Type.String(),
    indexTitle: Text,
    alternativeTitles: Type.Optional(
      Type.Array(Type.Object({ alternativeTitleTypeId: Id, alternativeTitle: Text, authorityId: Id }), {
        uniqueItems: true,
      }),
    ),
    editions: DistinctTexts,
    series: Type.Optional(Type.Array(Heading, { uniqueItems: true })),
    identifiers: Type.Optional(
      Type.Array(
        Type.Object({ value: Type.String(), identifierTypeId: Uuid, identifierTypeObject: Virtual }, closed),
      ),
    ),
    contributors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String(),
            contributorTypeId: Id,
            contributorTypeText: Text,
            contributorNameTypeId: Uuid,
            authorityId: Id,
            contributorNameType: Virtual,
            primary: Flag,
          },
          closed,
        ),
      ),
    ),
    subjects: Type.Optional(Type.Array(Heading, { uniqueItems: true })),
    classifications: Type.Optional(
      Type.Array(
        Type.Object(
          { classificationNumber: Type.String(), classificationTypeId: Uuid, classificationType: Virtual },
          closed,
        ),
      ),
    ),
    publication: Type.Optional(
      Type.Array(Type.Object({ publisher: Text, place: Text, dateOfPublication: Text, role: Text })),
    ),
    publicationFrequency: DistinctTexts,
    publicationRange: DistinctTexts,
    publicationPeriod: Type.Optional(
      Type.Object({ start: Type.Optional(Type.Integer()), end: Type.Optional(Type.Integer()) }, closed),
    ),
    electronicAccess: ElectronicAccess,
    instanceTypeId: Uuid,
    instanceFormatIds: Texts,
    instanceFormats: Virtual,
    physicalDescriptions: Texts,
    languages: Texts,
    notes: Type.Optional(
      Type.Array(Type.Object({ instanceNoteTypeId: Id, note: Text, staffOnly: Flag }, closed)),
    ),
    administrativeNotes: Texts,
    modeOfIssuanceId: Id,
    catalogedDate: Text,
    previouslyHeld: Flag,
    staffSuppress: Flag,
    discoverySuppress: Flag,
    statisticalCodeIds: DistinctIds,
    sourceRecordFormat: Text,
    statusId: Id,
    statusUpdatedDate: Text,
    tags: Tags,
    holdingsRecords2: Virtual,
    natureOfContentTermIds: DistinctIds,
  },
  closed,
);

export type Instance = Static<typeof InstanceFields> & Document;
