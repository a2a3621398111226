import { randomUUID } from "node:crypto";
import {
  badRequest,
  listJson,
  Metadata,
  piecesWithin,
  type Route,
  route,
  streamed,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { assigning } from "./check-assignable.ts";
import { changeUser, createUser, deleteUser } from "./change-user.ts";
import { lockPermissions } from "./expand-permissions.ts";
import { noUserFound, userBy } from "./find-user.ts";
import { pushes } from "./identity-pushes.ts";
import { paging, searchOf } from "./paging.ts";
import { permissionUsers } from "./permissions.ts";

const UserBody = Type.Object(
  {
    id: Type.Optional(Uuid),
    userId: Type.String(),
    permissions: Type.Optional(Type.Array(Type.String())),
    metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: false },
);
const User = Type.Object({ ...UserBody.properties, metadata: Type.Optional(Metadata) });
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu;
/** A token of its own, by which the gateway knows who says that permissions have changed. */
const changes = { permissionsDesired: assigning, modulePermissions: [] };

/** @see mod-permissions 6.5: PermsAPI */
export const userRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/perms/users",
    summary: "Lists users with their permissions",
    permissionsRequired: ["perms.users.get"],
    query: Type.Object(paging),
    answers: {
      200: Type.Object({ permissionUsers: Type.Array(User), totalRecords: Type.Optional(Type.Integer()) }),
    },
    handle: async ({ query, db }) => {
      const shape = { listName: "permissionUsers", hasResultInfo: false } as const;
      const pieces = await piecesWithin(db, (tx) =>
        listJson(shape, permissionUsers.searchTexts(tx, searchOf(query))),
      );
      return { status: 200, body: streamed(pieces) };
    },
  }),
  route({
    method: "POST",
    path: "/perms/users",
    summary: "Gives a user permissions for the first time",
    permissionsRequired: ["perms.users.item.post"],
    ...changes,
    body: UserBody,
    answers: { 201: User },
    handle: async ({ body, db, context }) => {
      if (!uuid.test(body.userId)) return badRequest(`Invalid UUID string: ${body.userId}`);
      const user = {
        id: body.id ?? randomUUID(),
        userId: body.userId.toLowerCase(),
        permissions: [...new Set(body.permissions ?? [])],
      };
      const created = await db.tx((tx) => createUser(tx, context, user));
      // Not told: what a gateway has not found it asks for again.
      return { status: 201, body: created };
    },
  }),
  route({
    method: "GET",
    path: "/perms/users/{id}",
    summary: "Gives a user with the permissions",
    permissionsRequired: ["perms.users.get"],
    query: Type.Object({ indexField: Type.String({ default: "id" }) }),
    answers: { 200: User },
    handle: async ({ params: { id }, query: { indexField }, db }) => {
      const found = await db.read((tx) => userBy(tx, indexField, id));
      return found === null ? noUserFound(`No user with ${indexField} ${id}`) : { status: 200, body: found };
    },
  }),
  route({
    method: "PUT",
    path: "/perms/users/{id}",
    summary: "Replaces a user's permissions",
    permissionsRequired: ["perms.users.item.put"],
    ...changes,
    body: UserBody,
    answers: { 200: User },
    handle: async (call) => {
      const { params, body, context } = call;
      const { id } = params;
      if (!uuid.test(body.userId)) return badRequest(`Invalid UUID string: ${body.userId}`);
      const user = {
        id,
        userId: body.userId.toLowerCase(),
        permissions: [...new Set(body.permissions ?? [])],
      };
      await pushes.tx(call, async (tx, tell) => {
        await lockPermissions(tx);
        const stored = await permissionUsers.find(tx, id);
        if (stored === null) throw noUserFound(`No permissions user found with id ${id}`);
        await changeUser(tx, context, stored, user);
        tell({ changed: [stored.userId, user.userId] });
      });
      return { status: 200, body: user };
    },
  }),
  route({
    method: "DELETE",
    path: "/perms/users/{id}",
    summary: "Takes all permissions from a user",
    permissionsRequired: ["perms.users.item.delete"],
    ...changes,
    answers: { 204: null },
    handle: async (call) => {
      await pushes.tx(call, async (tx, tell) => {
        const { userId } = await deleteUser(tx, call.params.id);
        tell({ changed: [userId] });
      });
      return { status: 204 };
    },
  }),
];
