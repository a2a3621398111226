import { badRequest, invalid, type Route, route, Type } from "@octavo/module-kit";
import { assigning } from "./check-assignable.ts";
import { changeUser } from "./change-user.ts";
import { expandPermissions, lockPermissions, permissionsNamed } from "./expand-permissions.ts";
import { pushes } from "./identity-pushes.ts";
import { noUserFound, userBy } from "./find-user.ts";

const path = "/perms/users/{id}/permissions";
const by = { indexField: Type.String({ default: "id" }) };
const Names = Type.Object({
  permissionNames: Type.Array(Type.Unknown()),
  totalRecords: Type.Optional(Type.Integer()),
});
const Name = Type.Object({ permissionName: Type.String() }, { additionalProperties: true });
const changes = { permissionsDesired: assigning, modulePermissions: [] };

/** @see mod-permissions 6.5: PermsAPI.getPermissionsForUser */
export const userPermissionRoutes: readonly Route[] = [
  route({
    method: "GET",
    path,
    summary: "Lists the permissions of a user",
    permissionsRequired: ["perms.users.get"],
    query: Type.Object({
      ...by,
      expanded: Type.Optional(Type.String()),
      full: Type.Optional(Type.String()),
    }),
    answers: { 200: Names },
    handle: async ({ params: { id }, query: { indexField, expanded, full }, db }) => {
      const names = await db.read(async (tx) => {
        const user = await userBy(tx, indexField, id);
        if (user === null) throw noUserFound(`No user found by ${indexField} ${id}`);
        const own = user.permissions ?? [];
        const held = expanded === "true" ? await expandPermissions(tx, own) : own;
        if (full !== "true") return held;
        const defined = await permissionsNamed(tx, held);
        // Without who else has them: a sign-in would carry the ids of all users.
        return held.flatMap((name) => {
          const found = defined.get(name);
          return found === undefined ? [] : { ...found, childOf: [], grantedTo: [] };
        });
      });
      return { status: 200, body: { permissionNames: names, totalRecords: names.length } };
    },
  }),
  route({
    method: "POST",
    path,
    summary: "Gives a user one more permission",
    permissionsRequired: ["perms.users.item.post"],
    ...changes,
    query: Type.Object(by),
    body: Name,
    answers: { 200: Name },
    handle: async (call) => {
      const { body, context, params, query } = call;
      const { id } = params;
      const { indexField } = query;
      const { permissionName } = body;
      await pushes.tx(call, async (tx, tell) => {
        await lockPermissions(tx);
        const user = await userBy(tx, indexField, id);
        if (user === null) throw badRequest(`User with ${indexField} ${id} does not exist`);
        const own = user.permissions ?? [];
        if (own.includes(permissionName)) {
          const message = `User with ${indexField} ${id} already has permission ${permissionName}`;
          throw invalid("'userId'", user.id, message);
        }
        const wanted = (await permissionsNamed(tx, [permissionName])).get(permissionName);
        if (wanted === undefined) throw badRequest(`Permission by name '${permissionName}' does not exist`);
        if (wanted.dummy === true) {
          throw badRequest(
            `'${permissionName}' is flagged as a dummy permission and cannot be assigned to a user`,
          );
        }
        await changeUser(tx, context, user, { ...user, permissions: [...own, permissionName] });
        tell({ changed: [user.userId] });
      });
      return { status: 200, body };
    },
  }),
  route({
    method: "DELETE",
    path: `${path}/{perm}`,
    summary: "Takes a permission from a user",
    permissionsRequired: ["perms.users.item.delete"],
    ...changes,
    query: Type.Object(by),
    answers: { 204: null },
    handle: async (call) => {
      const { context, params, query } = call;
      const { id, perm } = params;
      const { indexField } = query;
      await pushes.tx(call, async (tx, tell) => {
        await lockPermissions(tx);
        const user = await userBy(tx, indexField, id);
        if (user === null) throw noUserFound(`User with ${indexField} ${id} does not exist`);
        const own = user.permissions ?? [];
        if (!own.includes(perm)) throw badRequest(`User with ${indexField} ${id} does not contain ${perm}`);
        await changeUser(tx, context, user, { ...user, permissions: own.filter((name) => name !== perm) });
        tell({ changed: [user.userId] });
      });
      return { status: 204 };
    },
  }),
];
