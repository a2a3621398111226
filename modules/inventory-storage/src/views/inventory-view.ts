import {
  defineInterface,
  type InterfaceDefinition,
  type ReadTransaction,
  route,
  type Stored,
  Type,
} from "@octavo/module-kit";
import type { Instance } from "../instances/instance-schema.ts";
import { instances } from "../records/record-tables.ts";
import {
  type Belonging,
  BELONGINGS,
  belongings,
  boundInstances,
  textsByInstance,
} from "./rows-by-instance.ts";
import { viewPage, viewQuery } from "./view-query.ts";

const Anything = Type.Object({}, { additionalProperties: true });
const List = Type.Array(Anything);
const Wanted = Type.Boolean({ default: false });

/** Instances with all that belongs to them, in few statements. */
export const viewInterfaces: readonly InterfaceDefinition[] = [
  defineInterface("inventory-view", "2.0", [
    route({
      method: "GET",
      path: "/inventory-view/instances",
      summary: "Lists instances with their holdings records and items",
      permissionsRequired: ["inventory-storage.inventory-view.instances.collection.get"],
      query: Type.Object(viewQuery),
      answers: { 200: Type.Object({ instances: List, totalRecords: Type.Integer() }) },
      handle: async ({ query, db }) => ({
        status: 200,
        body: await db.read(async (tx) => {
          const found = await instances.search(tx, { ...viewPage(query), totalRecords: "auto" });
          const ids = found.documents.map(({ id }) => id);
          const [holdings, items] = await belongingsOf(tx, ids, ["holdingsRecords", "items"]);
          const bound = await boundInstances(tx, ids);
          const shown = found.documents.map((instance) => ({
            instanceId: instance.id,
            isBoundWith: bound.has(instance.id),
            instance,
            holdingsRecords: holdings?.(instance.id) ?? [],
            items: items?.(instance.id) ?? [],
          }));
          return { instances: shown, totalRecords: found.total?.count ?? shown.length };
        }),
      }),
    }),
  ]),
  defineInterface("inventory-view-instance-set", "2.0", [
    route({
      method: "GET",
      path: "/inventory-view/instance-set",
      summary: "Lists instances with what is wanted of what belongs to them",
      permissionsRequired: ["inventory-storage.inventory-view.instance-set.get"],
      query: Type.Object({
        ...viewQuery,
        instance: Wanted,
        holdingsRecords: Wanted,
        items: Wanted,
        precedingTitles: Wanted,
        succeedingTitles: Wanted,
        superInstanceRelationships: Wanted,
        subInstanceRelationships: Wanted,
      }),
      answers: { 200: Type.Object({ instanceSets: List }) },
      handle: async ({ query, db }) => ({
        status: 200,
        body: await db.read(async (tx) => {
          const { documents } = await instances.search(tx, { ...viewPage(query), totalRecords: "none" });
          const wanted = BELONGINGS.filter((name) => query[name]);
          return { instanceSets: await setsOf(tx, documents, wanted, query.instance) };
        }),
      }),
    }),
  ]),
];

async function setsOf(
  tx: ReadTransaction,
  documents: readonly Stored<Instance>[],
  wanted: readonly Belonging[],
  withInstance: boolean,
): Promise<readonly object[]> {
  const ids = documents.map(({ id }) => id);
  const parts = await belongingsOf(tx, ids, wanted);
  return documents.map((instance) => ({
    id: instance.id,
    ...(withInstance && { instance }),
    ...Object.fromEntries(wanted.map((name, at) => [name, parts[at]?.(instance.id) ?? []])),
  }));
}

type BelongingOf = (instanceId: string) => readonly object[];

async function belongingsOf(
  tx: ReadTransaction,
  ids: readonly string[],
  wanted: readonly Belonging[],
): Promise<readonly BelongingOf[]> {
  const all: BelongingOf[] = [];
  for (const name of wanted) {
    const texts =
      ids.length === 0
        ? new Map<string, readonly string[]>()
        : await textsByInstance(tx, belongings[name](ids));
    all.push((id) => (texts.get(id) ?? []).map((text) => JSON.parse(text) as object)); // as: documents are objects
  }
  return all;
}
