import { type Route, route, Type } from "@octavo/module-kit";
import { writingRelations } from "../instances/instance-permissions.ts";
import { emptyFields } from "../instances/instance-representation.ts";
import { InstanceRequest } from "../instances/instance-request.ts";
import type { RelationRequest } from "../relations/relation-requests.ts";
import { createInstances } from "./create-instances.ts";
import { createRelations } from "./create-relations.ts";
import { readBatch, type StorageInstance } from "./read-batch.ts";

const Outcome = Type.Object({
  instances: Type.Array(Type.Object({ id: Type.String() }, { additionalProperties: true })),
  errorMessages: Type.Array(Type.String()),
  totalRecords: Type.Integer({ description: "Of the instances that were created" }),
});

const MOST_RECORDS = 10_000;

/** Interface `inventory-batch` 2.0: each instance stands for itself, and what is refused is told beside what was created. */
export const batchRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/inventory/instances/batch",
    summary: "Creates many instances with their relations, each by itself",
    permissionsRequired: ["inventory.instances.batch.post"],
    modulePermissions: [
      "inventory-storage.instances.item.post",
      "inventory-storage.instances.item.get",
      "inventory-storage.instances.item.put",
      "inventory-storage.instances.item.delete",
      "inventory-storage.instances.batch.post",
      ...writingRelations,
    ],
    body: Type.Object({
      instances: Type.Array(InstanceRequest, { maxItems: MOST_RECORDS }),
      totalRecords: Type.Optional(Type.Integer()),
    }),
    bodyLimitBytes: 100 * 1024 ** 2,
    // 500: mod-inventory's answer where nothing was created, whoever's mistake it was.
    answers: { 201: Outcome, 500: Outcome },
    handle: async ({ body, calls }) => {
      const read = readBatch(body.instances);
      const { created, errorMessages } = await createInstances(
        calls,
        read.instances.map(({ record }) => record),
      );
      // Of two with one id storage takes the first: the other's relations are not its own.
      const wanted = new Map(
        read.instances.toReversed().map(({ record, relations }) => [record.id, relations]),
      );
      const beside = await createRelations(
        calls,
        new Map(created.map(({ id }) => [id, wanted.get(id) ?? {}])),
      );
      const outcome = {
        instances: created.map((instance) => shown(instance, beside.relations.get(instance.id) ?? [])),
        errorMessages: [...read.errorMessages, ...errorMessages, ...beside.errorMessages],
        totalRecords: created.length,
      };
      return created.length > 0 ? { status: 201, body: outcome } : { status: 500, body: outcome };
    },
  }),
];

function shown(instance: StorageInstance, relations: readonly RelationRequest[]): StorageInstance {
  const of = (list: RelationRequest["list"]): readonly object[] =>
    relations.filter((relation) => relation.list === list).map((relation) => relation.shown);
  return {
    ...emptyFields,
    ...instance,
    isBoundWith: false,
    parentInstances: of("parentInstances"),
    childInstances: of("childInstances"),
    precedingTitles: of("precedingTitles"),
    succeedingTitles: of("succeedingTitles"),
  };
}
