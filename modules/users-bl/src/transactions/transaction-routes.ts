import { type Route, route, Type, passedOn } from "@octavo/module-kit";
import { noUserNamed, noUserWithId, userById, userByName } from "../find-user.ts";
import { countPermissions, OpenTransactions, openTransactionsOf } from "./open-transactions.ts";

/** What is open keeps a user from being deleted. */
export const transactionRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/bl-users/by-id/{id}/open-transactions",
    summary: "Counts what is open of a user",
    permissionsRequired: ["users-bl.transactions.get"],
    modulePermissions: ["users.item.get", ...countPermissions],
    answers: { 200: OpenTransactions },
    handle: async ({ params: { id }, calls }) => {
      const user = await userById(calls, id);
      return user === null ? noUserWithId(id) : { status: 200, body: await openTransactionsOf(calls, user) };
    },
  }),
  route({
    method: "GET",
    path: "/bl-users/by-username/{name}/open-transactions",
    summary: "Counts what is open of a user by name",
    permissionsRequired: ["users-bl.transactions.get"],
    modulePermissions: ["users.collection.get", ...countPermissions],
    answers: { 200: OpenTransactions },
    handle: async ({ params: { name }, calls }) => {
      const user = await userByName(calls, name);
      return user === null ? noUserNamed(name) : { status: 200, body: await openTransactionsOf(calls, user) };
    },
  }),
  route({
    method: "DELETE",
    path: "/bl-users/by-id/{id}",
    summary: "Deletes a user of whom nothing is open",
    permissionsRequired: ["users-bl.item.delete"],
    modulePermissions: ["users.item.get", "users.item.delete", ...countPermissions],
    answers: { 204: null, 409: OpenTransactions },
    handle: async ({ params: { id }, calls }) => {
      const user = await userById(calls, id);
      if (user === null) return noUserWithId(id);
      const open = await openTransactionsOf(calls, user);
      if (open.hasOpenTransactions) return { status: 409, body: open };
      const path = `/users/${encodeURIComponent(user.id)}`;
      const deleted = await calls.send({ method: "DELETE", path, answer: Type.Unknown() });
      return deleted.ok ? { status: 204 } : passedOn(deleted.error, "users");
    },
  }),
];
