import { badRequest, crudRoutes, type Route, route, Type } from "@octavo/module-kit";
import { tellGateways } from "./tell-gateways.ts";
import { userRecords } from "./user-records.ts";

const path = "/users/{id}";
const params = Type.Object({ id: Type.String() });
type User = Parameters<typeof userRecords.create>[1];

const replaceUser = route({
  method: "PUT",
  path,
  params,
  summary: "Replaces a user",
  permissionsRequired: ["users.item.put"],
  modulePermissions: [],
  body: userRecords.schema,
  answers: { 204: null },
  handle: async ({ params: { id }, body, context, db, calls }) => {
    const user = body as User; // as: the schema is a user's
    if (user.id !== id) return badRequest("You cannot change the value of the id field");
    await db.tx((tx) => userRecords.replace(tx, id, user, context));
    await tellGateways(calls, context, user.active === true ? { changed: [id] } : { ended: [id] });
    return { status: 204 };
  },
});

const deleteUser = route({
  method: "DELETE",
  path,
  params,
  summary: "Deletes a user",
  permissionsRequired: ["users.item.delete"],
  modulePermissions: [],
  answers: { 204: null },
  handle: async ({ params: { id }, context, db, calls }) => {
    await db.tx((tx) => userRecords.delete(tx, id));
    await tellGateways(calls, context, { ended: [id] });
    return { status: 204 };
  },
});

const usual = { path: "/users", permissions: "users", listName: "users", hasResultInfo: true };

export const userRoutes: readonly Route[] = [
  ...crudRoutes(userRecords, usual).filter((each) => each.method === "GET" || each.method === "POST"),
  replaceUser,
  deleteUser,
];
