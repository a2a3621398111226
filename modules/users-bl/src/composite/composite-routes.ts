import { notFound, type Route, route, Type } from "@octavo/module-kit";
import { noUserNamed, noUserWithId, userById, userByName } from "../find-user.ts";
import { CompositeUser, expandQuery, included, includeQuery } from "./composite-user.ts";
import { CompositeUsers, compositesOf } from "./list-composites.ts";
import { compositeOf } from "./read-composite.ts";

export const servicePointPermissions = [
  "inventory-storage.service-points-users.collection.get",
  "inventory-storage.service-points-users.item.get",
  "inventory-storage.service-points.collection.get",
  "inventory-storage.service-points.item.get",
];
const ofOne = ["users.item.get", "users.collection.get", "perms.users.get", ...servicePointPermissions];
const MAX_INTEGER = 2_147_483_647;

const one = {
  method: "GET",
  query: Type.Object({ ...includeQuery, ...expandQuery }),
  answers: { 200: CompositeUser },
} as const;

export const compositeRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/bl-users",
    summary: "Lists users with their groups and permissions",
    permissionsRequired: ["users-bl.collection.get"],
    modulePermissions: ["users.collection.get", ...servicePointPermissions],
    query: Type.Object({
      query: Type.Optional(Type.String({ description: "CQL, by fields of users" })),
      offset: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: 0 }),
      limit: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: 10 }),
      ...includeQuery,
    }),
    answers: { 200: CompositeUsers },
    handle: async ({ query: { include, query, offset, limit }, calls }) => {
      const page = { query, offset, limit, includes: included(include) };
      return { status: 200, body: await compositesOf(calls, page) };
    },
  }),
  route({
    ...one,
    path: "/bl-users/_self",
    summary: "Gives who asks",
    modulePermissions: [...ofOne, "usergroups.item.get"],
    handle: async ({ query: { include, expandPermissions }, calls, context }) => {
      if (context.userId === null) return notFound("user", "of this token");
      const user = await userById(calls, context.userId);
      if (user === null) return noUserWithId(context.userId);
      const wanted = { includes: included(include), expandPermissions };
      return { status: 200, body: await compositeOf(user, wanted, { calls, log: context.log }) };
    },
  }),
  route({
    ...one,
    path: "/bl-users/by-username/{id}",
    summary: "Gives a user by its name",
    permissionsRequired: ["users-bl.item.get", "perms.users.get"],
    modulePermissions: ofOne,
    handle: async ({ params, query: { include, expandPermissions }, calls, context }) => {
      const user = await userByName(calls, params.id);
      if (user === null) return noUserNamed(params.id);
      const wanted = { includes: included(include), expandPermissions };
      return { status: 200, body: await compositeOf(user, wanted, { calls, log: context.log }) };
    },
  }),
  route({
    ...one,
    path: "/bl-users/by-id/{id}",
    summary: "Gives a user by its id",
    permissionsRequired: ["users-bl.item.get", "perms.users.get"],
    modulePermissions: ofOne,
    handle: async ({ params, query: { include, expandPermissions }, calls, context }) => {
      const user = await userById(calls, params.id);
      if (user === null) return noUserWithId(params.id);
      const wanted = { includes: included(include), expandPermissions };
      return { status: 200, body: await compositeOf(user, wanted, { calls, log: context.log }) };
    },
  }),
];
