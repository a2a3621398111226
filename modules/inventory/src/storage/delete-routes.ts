import { badRequest, passedOn, type Route, route, Type } from "@octavo/module-kit";

/** Deleting one record, or those that a query finds: storage does it and says what stands in the way.
 * @param storage "/item-storage/items" */
export function deleteRoutes(kind: "items" | "instances", storage: string): readonly Route[] {
  return [
    route({
      method: "DELETE",
      path: `/inventory/${kind}/{id}`,
      summary: `Deletes one of ${kind}`,
      permissionsRequired: [`inventory.${kind}.item.delete`],
      modulePermissions: [`inventory-storage.${kind}.item.delete`],
      answers: { 204: null },
      handle: async ({ params, calls }) => {
        const path = `${storage}/${encodeURIComponent(params.id)}`;
        const deleted = await calls.send({ method: "DELETE", path, answer: Type.Unknown() });
        return deleted.ok ? { status: 204 } : passedOn(deleted.error, "inventory-storage");
      },
    }),
    route({
      method: "DELETE",
      path: `/inventory/${kind}`,
      summary: `Deletes those of ${kind} that a query finds`,
      permissionsRequired: [`inventory.${kind}.collection.delete`],
      modulePermissions: [`inventory-storage.${kind}.collection.delete`],
      query: Type.Object({ query: Type.Optional(Type.String({ description: "CQL" })) }),
      answers: { 204: null },
      handle: async ({ query: { query }, calls }) => {
        if (query === undefined) return badRequest("query parameter is required");
        const asked = { method: "DELETE", path: storage, query: { query }, answer: Type.Unknown() } as const;
        const deleted = await calls.send(asked);
        return deleted.ok ? { status: 204 } : passedOn(deleted.error, "inventory-storage");
      },
    }),
  ];
}
