import { publicationPeriod } from "../effective/publication-period.ts";
import type { Completing, RecordKind } from "../records/record-kind.ts";
import type { Instance } from "./instance-schema.ts";
import { instances } from "../records/record-tables.ts";

export const instanceKind: RecordKind<Instance> = {
  collection: instances,
  hrids: "instances",
  topic: "instance",
  checksStatisticalCodes: true,
  virtual: ({
    instanceFormats: _formats,
    holdingsRecords2: _holdings,
    sourceRecordFormat: _format,
    ...kept
  }) => ({
    ...kept,
    ...(kept.identifiers !== undefined && {
      identifiers: kept.identifiers.map(({ identifierTypeObject: _type, ...identifier }) => identifier),
    }),
    ...(kept.contributors !== undefined && {
      contributors: kept.contributors.map(({ contributorNameType: _type, ...contributor }) => contributor),
    }),
    ...(kept.classifications !== undefined && {
      classifications: kept.classifications.map(
        ({ classificationType: _type, ...classification }) => classification,
      ),
    }),
  }),
  needs: () => Promise.resolve(null),
  complete: (record, { stored, now }) => ({
    discoverySuppress: false,
    previouslyHeld: false,
    staffSuppress: false,
    ...withPeriod(record, stored),
    ...statusDate(record, { stored, now }),
  }),
  // A shadow of another tenant's instance takes its id.
  hridMayChange: ({ source }) => source.startsWith("CONSORTIUM-"),
  follow: () => Promise.resolve(),
  instanceIds: (_, records) => Promise.resolve(records.map(({ id }) => id)),
  toEvent: (record) => record,
};

/** Worked out of the publication dates whenever those change; else what the client says. */
function withPeriod(record: Instance, stored: Instance | null): Instance {
  const isGiven = stored === null ? record.publicationPeriod !== undefined : !datesDiffer(record, stored);
  if (isGiven) return record;
  const { publicationPeriod: _period, ...rest } = record;
  const period = publicationPeriod(record.publication);
  return period === undefined ? rest : { ...rest, publicationPeriod: period };
}

/** Only the first and the last publication count; none at all is the same as an empty list. */
function datesDiffer({ publication: ours = [] }: Instance, { publication: theirs = [] }: Instance): boolean {
  if (ours.length !== theirs.length) return true;
  return [0, -1].some((at) => ours.at(at)?.dateOfPublication !== theirs.at(at)?.dateOfPublication);
}

function statusDate(
  { statusId, statusUpdatedDate }: Instance,
  { stored, now }: Pick<Completing<Instance, null>, "stored" | "now">,
): Pick<Instance, "statusUpdatedDate"> {
  if (stored === null || stored.statusId !== statusId) return { statusUpdatedDate: now };
  const date = statusUpdatedDate ?? stored.statusUpdatedDate;
  return date === undefined ? {} : { statusUpdatedDate: date };
}
