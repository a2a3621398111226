import { type Static, Type } from "@octavo/module-kit";
import { relationFields } from "../relations/relation-requests.ts";
import { Version, versionOf } from "../storage/version.ts";

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** What clients send: as they see an instance. Fields that are not looked at here are checked by storage. */
export const InstanceRequest = Type.Object(
  {
    id: Text,
    _version: Version,
    hrid: Text,
    title: Text,
    source: Text,
    discoverySuppress: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    ...relationFields,
  },
  { additionalProperties: true },
);
export type InstanceRequest = Static<typeof InstanceRequest> & Readonly<Record<string, unknown>>;

/** What an instance keeps of what clients send; its relations are kept beside it, and everything else is worked out anew each time. */
const kept = [
  "hrid",
  "source",
  "matchKey",
  "title",
  "indexTitle",
  "alternativeTitles",
  "editions",
  "series",
  "identifiers",
  "administrativeNotes",
  "contributors",
  "subjects",
  "classifications",
  "publication",
  "publicationFrequency",
  "publicationRange",
  "publicationPeriod",
  "electronicAccess",
  "instanceTypeId",
  "instanceFormatIds",
  "physicalDescriptions",
  "languages",
  "notes",
  "modeOfIssuanceId",
  "catalogedDate",
  "previouslyHeld",
  "staffSuppress",
  "discoverySuppress",
  "statisticalCodeIds",
  "sourceRecordFormat",
  "statusId",
  "statusUpdatedDate",
  "tags",
  "natureOfContentTermIds",
] as const;

/** The instance for storage, of what a client sent. */
export function toStoredInstance(id: string, request: InstanceRequest): Readonly<Record<string, unknown>> {
  const fields = kept.map((field) => [field, request[field]] as const);
  return {
    id,
    ...versionOf(request),
    ...Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null)),
  };
}
