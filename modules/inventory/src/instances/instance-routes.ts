import { randomUUID } from "node:crypto";
import { badRequest, invalid, passedOn, Refusal, type Route, route, Type } from "@octavo/module-kit";
import { relationRequests, untitledRelations } from "../relations/relation-requests.ts";
import {
  createAllRelations,
  refuseUnknownInstances,
  replaceRelations,
} from "../relations/write-relations.ts";
import { deleteRoutes } from "../storage/delete-routes.ts";
import { listQuery, pageOf } from "../storage/list-page.ts";
import { readList, readRow, storageLists, StoredInstance } from "../storage/storage-lists.ts";
import { InstanceRequest, toStoredInstance } from "./instance-request.ts";
import { composing, writingRelations } from "./instance-permissions.ts";
import { composeInstances, InventoryInstance, readTitles } from "./instance-representation.ts";
import { refuseInstanceChange } from "./refuse-change.ts";
import { SourceRecords } from "./source-records.ts";

const { instances } = storageLists;

export const instanceRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/inventory/instances",
    summary: "Lists instances with their relations",
    permissionsRequired: ["inventory.instances.collection.get"],
    modulePermissions: composing,
    query: listQuery,
    answers: {
      200: Type.Object({ instances: Type.Array(InventoryInstance), totalRecords: Type.Integer() }),
    },
    handle: async ({ query, calls }) => {
      const page = pageOf(query);
      if (page instanceof Refusal) return page;
      const { rows, totalRecords } = await readList(calls, instances, { query: query.query, ...page });
      return { status: 200, body: { instances: await composeInstances(calls, rows), totalRecords } };
    },
  }),
  route({
    method: "GET",
    path: "/inventory/instances/{id}",
    summary: "Gives an instance with its relations",
    permissionsRequired: ["inventory.instances.item.get"],
    modulePermissions: composing,
    answers: { 200: InventoryInstance },
    handle: async ({ params, calls }) => {
      const instance = await readRow(calls, instances, params.id);
      if (instance === null) return noInstance();
      const [body] = await composeInstances(calls, [instance]);
      return body === undefined ? noInstance() : { status: 200, body };
    },
  }),
  route({
    method: "POST",
    path: "/inventory/instances",
    summary: "Creates an instance with its relations",
    permissionsRequired: ["inventory.instances.item.post"],
    modulePermissions: [
      "inventory-storage.instances.item.post",
      "inventory-storage.instances.item.get",
      "inventory-storage.instances.collection.get",
      "inventory-storage.instances.item.delete",
      ...writingRelations,
    ],
    body: InstanceRequest,
    answers: { 201: null },
    handle: async ({ body, calls, context }) => {
      if ((body.title ?? "").trim() === "") return badRequest("Title must be provided for an instance");
      const id = body.id?.toLowerCase() ?? randomUUID();
      const requests = relationRequests(id, body);
      const refusal = refuseUntitled(body) ?? (await refuseUnknownInstances(calls, requests));
      if (refusal !== null) return refusal;
      const created = await calls.send({
        method: "POST",
        path: instances.path,
        body: toStoredInstance(id, body),
        answer: StoredInstance,
      });
      if (!created.ok) return passedOn(created.error, "inventory-storage");
      const unrelated = await createAllRelations(calls, requests);
      if (unrelated === null) return { status: 201, headers: { location: `/inventory/instances/${id}` } };
      const path = `${instances.path}/${id}`;
      const undone = await calls.send({ method: "DELETE", path, answer: Type.Unknown() });
      if (!undone.ok) context.log.warn({ instanceId: id }, "an instance is there without its relations");
      return unrelated;
    },
  }),
  route({
    method: "PUT",
    path: "/inventory/instances/{id}",
    summary: "Replaces an instance and its relations",
    permissionsRequired: ["inventory.instances.item.put"],
    modulePermissions: [
      "inventory-storage.instances.item.put",
      "inventory-storage.instances.item.get",
      "inventory-storage.instances.item.post",
      "inventory-storage.instances.item.delete",
      "inventory-storage.instances.collection.get",
      "source-storage.records.update",
      ...writingRelations,
    ],
    body: InstanceRequest,
    answers: { 204: null },
    handle: async ({ params, body, calls, context }) => {
      const untitled = refuseUntitled(body);
      if (untitled !== null) return untitled;
      const stored = await readRow(calls, instances, params.id);
      if (stored === null) return noInstance();
      const { id } = stored;
      const requests = relationRequests(id, body);
      const titles = (await readTitles(calls, [id]))(id);
      const refusal =
        refuseInstanceChange({ ...stored, ...titles }, body) ??
        (await refuseUnknownInstances(calls, requests));
      if (refusal !== null) return refusal;
      const replaced = await calls.send({
        method: "PUT",
        path: `${instances.path}/${id}`,
        body: toStoredInstance(id, body),
        answer: Type.Unknown(),
      });
      if (!replaced.ok) return passedOn(replaced.error, "inventory-storage");
      await replaceRelations(calls, id, requests);
      if (body.source === "MARC") {
        const isSuppressed = body.discoverySuppress ?? false;
        await new SourceRecords({ calls, log: context.log }).suppress(id, isSuppressed);
      }
      return { status: 204 };
    },
  }),
  ...deleteRoutes("instances", instances.path),
  route({
    method: "DELETE",
    path: "/inventory/instances/{id}/mark-deleted",
    summary: "Hides an instance from staff and readers",
    modulePermissions: [
      "inventory-storage.instances.item.get",
      "inventory-storage.instances.item.put",
      "source-storage.records.delete",
    ],
    answers: { 204: null },
    handle: async ({ params, calls, context }) => {
      const stored = await readRow(calls, instances, params.id);
      if (stored === null) return noInstance();
      const replaced = await calls.send({
        method: "PUT",
        path: `${instances.path}/${stored.id}`,
        body: { ...stored, staffSuppress: true, discoverySuppress: true },
        answer: Type.Unknown(),
      });
      if (!replaced.ok) return passedOn(replaced.error, "inventory-storage");
      if (stored.source === "MARC") await new SourceRecords({ calls, log: context.log }).delete(stored.id);
      return { status: 204 };
    },
  }),
];

function noInstance(): Refusal {
  return new Refusal(404, [{ message: "Instance not found", code: "not-found" }]);
}

function refuseUntitled(request: InstanceRequest): Refusal | null {
  const [message] = untitledRelations(request).toReversed();
  if (message === undefined) return null;
  const field = message.includes("succeeding") ? "succeedingTitles.title" : "precedingTitles.title";
  return invalid(field, null, message);
}
