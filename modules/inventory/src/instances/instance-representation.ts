import { type Calls, type Static, Type } from "@octavo/module-kit";
import { rowsById, rowsWhere, storageLists, type StoredInstance } from "../storage/storage-lists.ts";
import { boundWithInstances } from "./bound-with-instances.ts";

const Text = Type.Optional(Type.String());
const Relation = { id: Type.String(), instanceRelationshipTypeId: Type.String() };
const Title = {
  id: Type.String(),
  title: Text,
  hrid: Text,
  identifiers: Type.Optional(Type.Array(Type.Unknown())),
};

/** An instance as clients see it: with its relations to others. What is not named here is as storage has it. */
export const InventoryInstance = Type.Object(
  {
    id: Type.String(),
    title: Text,
    parentInstances: Type.Array(Type.Object({ ...Relation, superInstanceId: Type.String() })),
    childInstances: Type.Array(Type.Object({ ...Relation, subInstanceId: Type.String() })),
    precedingTitles: Type.Array(Type.Object({ ...Title, precedingInstanceId: Text })),
    succeedingTitles: Type.Array(Type.Object({ ...Title, succeedingInstanceId: Text })),
    isBoundWith: Type.Boolean(),
  },
  { additionalProperties: true },
);
export type InventoryInstance = Static<typeof InventoryInstance>;

/** What is there in every instance, as mod-inventory has it. */
export const emptyFields = {
  administrativeNotes: [],
  alternativeTitles: [],
  editions: [],
  series: [],
  identifiers: [],
  contributors: [],
  subjects: [],
  classifications: [],
  publication: [],
  publicationFrequency: [],
  publicationRange: [],
  electronicAccess: [],
  instanceFormatIds: [],
  physicalDescriptions: [],
  languages: [],
  notes: [],
  statisticalCodeIds: [],
  natureOfContentTermIds: [],
  tags: { tagList: [] },
  previouslyHeld: false,
  staffSuppress: false,
  discoverySuppress: false,
};

/** Instances with their relations: nine calls at most for fifty instances, as long as they have few holdings records and items.
 * @throws Refusal where one of the calls is refused */
export async function composeInstances(
  calls: Calls,
  instances: readonly StoredInstance[],
): Promise<readonly InventoryInstance[]> {
  const ids = instances.map(({ id }) => id);
  const { relationships } = storageLists;
  const [parents, children, titlesOf, boundWith] = await Promise.all([
    rowsWhere(calls, relationships, "subInstanceId", ids),
    rowsWhere(calls, relationships, "superInstanceId", ids),
    readTitles(calls, ids),
    boundWithInstances(calls, ids),
  ]);
  return instances.map((instance) => ({
    ...emptyFields,
    ...instance,
    parentInstances: parents
      .filter(({ subInstanceId }) => subInstanceId === instance.id)
      .map(({ id, superInstanceId, instanceRelationshipTypeId }) => ({
        id,
        superInstanceId,
        instanceRelationshipTypeId,
      })),
    childInstances: children
      .filter(({ superInstanceId }) => superInstanceId === instance.id)
      .map(({ id, subInstanceId, instanceRelationshipTypeId }) => ({
        id,
        subInstanceId,
        instanceRelationshipTypeId,
      })),
    ...titlesOf(instance.id),
    isBoundWith: boundWith.has(instance.id),
  }));
}

export type TitlesOfInstance = Pick<InventoryInstance, "precedingTitles" | "succeedingTitles">;

/** What these instances were called before, and are called since. A title that is an instance of its own has that one's title, hrid and identifiers. */
export async function readTitles(
  calls: Calls,
  instanceIds: readonly string[],
): Promise<(instanceId: string) => TitlesOfInstance> {
  const { titles, instances } = storageLists;
  const [preceding, succeeding] = await Promise.all([
    rowsWhere(calls, titles, "succeedingInstanceId", instanceIds),
    rowsWhere(calls, titles, "precedingInstanceId", instanceIds),
  ]);
  const connected = await rowsById(calls, instances, [
    ...preceding.map(({ precedingInstanceId }) => precedingInstanceId),
    ...succeeding.map(({ succeedingInstanceId }) => succeedingInstanceId),
  ]);
  const described = (row: Static<typeof titles.row>, otherId: string | undefined) => {
    const { title, hrid, identifiers } = connected.get(otherId ?? "") ?? row;
    return {
      id: row.id,
      ...(title !== undefined && { title }),
      ...(hrid !== undefined && { hrid }),
      ...(identifiers !== undefined && { identifiers }),
    };
  };
  return (instanceId) => ({
    precedingTitles: preceding
      .filter(({ succeedingInstanceId }) => succeedingInstanceId === instanceId)
      .map((row) => ({
        ...described(row, row.precedingInstanceId),
        ...(row.precedingInstanceId !== undefined && { precedingInstanceId: row.precedingInstanceId }),
      })),
    succeedingTitles: succeeding
      .filter(({ precedingInstanceId }) => precedingInstanceId === instanceId)
      .map((row) => ({
        ...described(row, row.succeedingInstanceId),
        ...(row.succeedingInstanceId !== undefined && { succeedingInstanceId: row.succeedingInstanceId }),
      })),
  });
}
