import {
  badRequest,
  crudRoutes,
  notFound,
  type Route,
  route,
  type Transaction,
  Type,
} from "@octavo/module-kit";
import { keyedWrite } from "@octavo/module-kit";
import { pushes } from "../identity-pushes.ts";
import { sortedByGroupToo } from "./list-users.ts";
import { toldOf } from "./told-of.ts";
import type { UserInput } from "./user-mistakes.ts";
import { userRecords } from "./user-records.ts";
import { createUser, lockUser, replaceUser } from "./write-user.ts";

/** For modules that show less to whoever may not see more; mod-users itself makes no difference. */
const permissionsDesired = ["users.read.basic", "users.read.restricted"];

/** A token of its own, by which the gateway knows who says that users have changed. */
const modulePermissions: readonly string[] = [];

const post = route({
  method: "POST",
  path: "/users",
  summary: "Creates a user",
  permissionsRequired: ["users.item.post"],
  body: userRecords.schema,
  answers: { 201: userRecords.schema },
  handle: (call) =>
    keyedWrite(call, "POST /users", async (tx) => {
      const created = await createUser(tx, call.body as UserInput, call.context); // as: the schema is a user's
      // Not told: whom a gateway has not found it asks for again.
      return { status: 201, headers: { location: `/users/${created.id}` }, body: created };
    }),
});

const put = route({
  method: "PUT",
  path: "/users/{id}",
  summary: "Replaces a user",
  permissionsRequired: ["users.item.put"],
  modulePermissions,
  body: userRecords.schema,
  answers: { 204: null },
  handle: async (call) => {
    const { id } = call.params;
    const user = call.body as UserInput; // as: the schema is a user's
    if (user.id?.toLowerCase() !== id.toLowerCase())
      return badRequest("You cannot change the value of the id field");
    await pushes.tx(call, async (tx, tell) => {
      const stored = await lockUser(tx, id);
      if (stored === null) throw notFound("users", id);
      tell(toldOf(stored, await replaceUser(tx, stored, user, call.context)));
    });
    return { status: 204 };
  },
});

const deleteOne = route({
  method: "DELETE",
  path: "/users/{id}",
  summary: "Deletes a user",
  permissionsRequired: ["users.item.delete"],
  modulePermissions,
  answers: { 204: null },
  handle: async (call) => {
    const { id } = call.params;
    await pushes.tx(call, async (tx, tell) => {
      await userRecords.delete(tx, id);
      tell({ ended: [id.toLowerCase()] });
    });
    return { status: 204 };
  },
});

const AT_ONCE = 1000;

const deleteMany = route({
  method: "DELETE",
  path: "/users",
  summary: "Deletes the users that a query finds: all of them or none",
  permissionsRequired: ["users.collection.delete"],
  modulePermissions,
  query: Type.Object({ query: Type.Optional(Type.String({ description: "CQL" })) }),
  answers: { 204: null },
  handle: async (call) => {
    const { query = "" } = call.query;
    if (query.trim() === "")
      return badRequest(
        "DELETE /users without a query would delete everybody: send query=cql.allRecords=1 for that",
      );
    await pushes.tx(call, async (tx, tell) => {
      for (let ids = await found(tx, query); ids.length > 0; ids = await found(tx, query)) {
        await userRecords.deleteMany(tx, ids);
        tell({ ended: ids });
      }
    });
    return { status: 204 };
  },
});

async function found(tx: Transaction, query: string): Promise<readonly string[]> {
  const { documents } = await userRecords.page(tx, query, null, AT_ONCE);
  return documents.map(({ id }) => id);
}

const usual = { path: "/users", permissions: "users", listName: "users", hasResultInfo: true };

export const userRoutes: readonly Route[] = [
  ...crudRoutes(userRecords, usual)
    .filter(({ method }) => method === "GET")
    .map((each): Route => ({ ...each, permissionsDesired }))
    .map((each) => (each.path === "/users" ? sortedByGroupToo(each) : each)),
  post,
  put,
  deleteOne,
  deleteMany,
];
