import {
  bytes,
  defineInterface,
  type InterfaceDefinition,
  piecesWithin,
  type ReadTransaction,
  type RequestDatabase,
  route,
  type Sql,
  streamed,
  Type,
  Uuid,
} from "@octavo/module-kit";
import {
  type ChangedInput,
  type ChangedInstance,
  changedInstances,
  type Period,
} from "./changed-instances.ts";
import { Descriptions } from "./descriptions.ts";
import { type Harvested, harvested, holdingsView, itemView, pmhItemView } from "./harvested-records.ts";

const period = { startDate: Type.Optional(Type.String()), endDate: Type.Optional(Type.String()) };
const flags = {
  deletedRecordSupport: Type.Boolean({ default: true }),
  skipSuppressedFromDiscoveryRecords: Type.Boolean({ default: true }),
};
const Ids = Type.Object({
  instanceIds: Type.Array(Uuid),
  skipSuppressedFromDiscoveryRecords: Type.Optional(Type.Boolean()),
});
/** Objects one behind the other, without anything between them: not one JSON document, and what clients of these routes read. */
const Objects = bytes(["application/json"]);

/** What harvesters read: which instances have changed, and what there is of them. */
export const harvestInterfaces: readonly InterfaceDefinition[] = [
  defineInterface("inventory-hierarchy", "0.5", [
    route({
      method: "GET",
      path: "/inventory-hierarchy/updated-instance-ids",
      summary: "Tells which instances have changed in a period, or all",
      permissionsRequired: ["inventory-storage.inventory-hierarchy.updated-instances-ids.collection.get"],
      query: Type.Object({
        ...period,
        ...flags,
        onlyInstanceUpdateDate: Type.Boolean({ default: true }),
        source: Type.Optional(Type.String()),
      }),
      answers: { 200: Objects },
      handle: ({ query, db }) => {
        const wanted = {
          ...inputOf(query),
          withRelated: !query.onlyInstanceUpdateDate,
          source: query.source ?? null,
        };
        return changedAnswer(db, wanted, ({ id, source, updated, isSuppressed, isDeleted }) => ({
          instanceId: id,
          source: source ?? "",
          updatedDate: updated,
          suppressFromDiscovery: String(isSuppressed),
          deleted: String(isDeleted),
        }));
      },
    }),
    route({
      method: "POST",
      path: "/inventory-hierarchy/items-and-holdings",
      summary: "Tells what there is of instances",
      permissionsRequired: ["inventory-storage.inventory-hierarchy.items-and-holdings.collection.post"],
      body: Ids,
      answers: { 200: Objects },
      handle: ({ body, db }) =>
        harvestAnswer(db, body, ({ instance, holdings, items }, names) => ({
          instanceId: instance.id,
          source: instance.source,
          modeOfIssuance: names.nameOf("mode_of_issuance", instance.modeOfIssuanceId) ?? "",
          natureOfContent: (instance.natureOfContentTermIds ?? []).flatMap(
            (id) => names.nameOf("nature_of_content_term", id) ?? [],
          ),
          holdings: holdings.map((each) => holdingsView(instance, each, names)),
          items: items.map(({ item, of }) => itemView(instance, of, item, names)),
        })),
    }),
  ]),
  defineInterface("oaipmhview", "1.1", [
    route({
      method: "GET",
      path: "/oai-pmh-view/instances",
      summary: "Tells which instances have changed in a period, with their items",
      permissionsRequired: ["inventory-storage.oai-pmh-view.instances.collection.get"],
      query: Type.Object({ ...period, ...flags }),
      answers: { 200: Objects },
      handle: async ({ query, db }) => {
        const wanted = { ...inputOf(query), withRelated: true, source: null };
        const body = await db.read(async (tx) => {
          const changed = await tx.rows<ChangedInstance>(changedInstances(wanted));
          const names = await Descriptions.read(tx);
          const there = changed.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id);
          const records = await harvested(tx, there, wanted.withoutSuppressed);
          const byInstance = new Map(records.map((each) => [each.instance.id, each]));
          return changed.map(({ id, updated, isDeleted }) => ({
            instanceid: id,
            updateddate: updated,
            deleted: String(isDeleted),
            itemsandholdingsfields: pmhFields(byInstance.get(id), names) ?? "",
          }));
        });
        return { status: 200, body: streamed(texts(body)) };
      },
    }),
    route({
      method: "GET",
      path: "/oai-pmh-view/updatedInstanceIds",
      summary: "Tells which instances have changed in a period",
      permissionsRequired: ["inventory-storage.oai-pmh-view.updatedinstanceids.collection.get"],
      query: Type.Object({ ...period, ...flags }),
      answers: { 200: Objects },
      handle: ({ query, db }) =>
        changedAnswer(
          db,
          { ...inputOf(query), withRelated: true, source: null },
          ({ id, updated, isSuppressed, isDeleted }) => ({
            instanceid: id,
            updateddate: updated,
            suppressfromdiscovery: String(isSuppressed),
            deleted: String(isDeleted),
          }),
        ),
    }),
    route({
      method: "POST",
      path: "/oai-pmh-view/enrichedInstances",
      summary: "Tells the items of instances",
      permissionsRequired: ["inventory-storage.oai-pmh-view.enrichedinstances.collection.post"],
      body: Ids,
      answers: { 200: Objects },
      handle: ({ body, db }) =>
        harvestAnswer(db, body, (record, names) => ({
          instanceid: record.instance.id,
          itemsandholdingsfields: pmhFields(record, names) ?? "",
        })),
    }),
  ]),
];

interface Flags extends Period {
  readonly deletedRecordSupport: boolean;
  readonly skipSuppressedFromDiscoveryRecords: boolean;
}

function inputOf(
  query: Flags,
): Pick<ChangedInput, "startDate" | "endDate" | "withDeleted" | "withoutSuppressed"> {
  const { startDate = "", endDate = "", deletedRecordSupport, skipSuppressedFromDiscoveryRecords } = query;
  return {
    startDate,
    endDate,
    withDeleted: deletedRecordSupport,
    withoutSuppressed: skipSuppressedFromDiscoveryRecords,
  };
}

/** However many there are: they are sent as they are read. */
async function changedAnswer(
  db: RequestDatabase,
  wanted: ChangedInput,
  show: (row: ChangedInstance) => object,
) {
  const statement = changedInstances(wanted);
  const pieces = await piecesWithin(db, (tx) => rowTexts(tx, statement, show));
  return { status: 200, body: streamed(pieces) } as const;
}

async function harvestAnswer(
  db: RequestDatabase,
  wanted: { readonly instanceIds: readonly string[]; readonly skipSuppressedFromDiscoveryRecords?: boolean },
  show: (record: Harvested, names: Descriptions) => object,
) {
  const shown = await db.read(async (tx: ReadTransaction) => {
    const names = await Descriptions.read(tx);
    const { instanceIds, skipSuppressedFromDiscoveryRecords = true } = wanted;
    const records = await harvested(tx, instanceIds, skipSuppressedFromDiscoveryRecords);
    return records.map((record) => show(record, names));
  });
  return { status: 200, body: streamed(texts(shown)) } as const;
}

function pmhFields(record: Harvested | undefined, names: Descriptions): object | null {
  if (record === undefined || record.items.length === 0) return null;
  const { instance, items } = record;
  return {
    instanceid: instance.id,
    suppressfromdiscovery: instance.discoverySuppress === true,
    items: items.map(({ item, of }) => pmhItemView(instance, of, item, names)),
  };
}

async function* texts(objects: readonly object[]): AsyncGenerator<string> {
  for (const object of objects) yield JSON.stringify(object);
}

async function* rowTexts(
  tx: ReadTransaction,
  statement: Sql,
  show: (row: ChangedInstance) => object,
): AsyncGenerator<string> {
  for await (const row of tx.stream<ChangedInstance>(statement, 1000)) yield JSON.stringify(show(row));
}
