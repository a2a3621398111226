import { randomUUID } from "node:crypto";
import {
  badRequest,
  equal,
  invalid,
  type ReadTransaction,
  Refusal,
  type Route,
  route,
  Type,
} from "@octavo/module-kit";
import { assigning, checkAssignable } from "./check-assignable.ts";
import { checkNoCircle } from "./check-set.ts";
import { expandPermissions, lockPermissions, permissionsNamed } from "./expand-permissions.ts";
import { withOwners } from "./owners.ts";
import { pushes } from "./identity-pushes.ts";
import { paging, searchOf } from "./paging.ts";
import { type Permission, PermissionUpload, permissions } from "./permissions.ts";
import { purgePermissions } from "./purge-permissions.ts";

const path = "/perms/permissions";
const changes = { permissionsDesired: assigning, modulePermissions: [] };
const Shown = Type.Object({}, { additionalProperties: true });

/** @see mod-permissions 6.5: PermsAPI */
export const permissionRoutes: readonly Route[] = [
  route({
    method: "GET",
    path,
    summary: "Lists permissions",
    permissionsRequired: ["perms.permissions.get"],
    query: Type.Object({
      ...paging,
      expandSubs: Type.Optional(Type.String()),
      expanded: Type.Optional(Type.String()),
      includeDummy: Type.Optional(Type.String()),
      memberOf: Type.Optional(Type.String()),
      ownedBy: Type.Optional(Type.String()),
    }),
    answers: {
      200: Type.Object({ permissions: Type.Array(Shown), totalRecords: Type.Optional(Type.Integer()) }),
    },
    handle: async ({ query, db }) => {
      const within = query.includeDummy === "true" ? {} : { within: equal("dummy", false) };
      const body = await db.read(async (tx) => {
        const { documents, total } = await permissions.search(tx, { ...searchOf(query), ...within });
        const shown: object[] = [];
        for (const each of await withOwners(tx, documents)) shown.push(await withSubs(tx, each, query));
        return { permissions: shown, ...(total !== null && { totalRecords: total.count }) };
      });
      return { status: 200, body };
    },
  }),
  route({
    method: "POST",
    path,
    summary: "Creates a permission set",
    permissionsRequired: ["perms.permissions.item.post"],
    modulePermissions: [],
    body: PermissionUpload,
    answers: { 201: Shown },
    handle: async ({ body: { metadata: _sent, ...sent }, db, context }) => {
      const id = sent.id ?? randomUUID();
      const permissionName = sent.permissionName ?? id;
      const made = { visible: true, ...sent, id, permissionName, mutable: true };
      await db.tx(async (tx) => {
        await lockPermissions(tx);
        if ((await permissionsNamed(tx, [permissionName])).size > 0) {
          const message = `Permission with name ${permissionName} already exists`;
          throw invalid("'permissionName'", permissionName, message);
        }
        const subPermissions = made.subPermissions ?? [];
        const defined = await permissionsNamed(tx, subPermissions);
        const unknown = subPermissions.filter((name) => !defined.has(name) && name !== permissionName);
        if (unknown.length > 0) {
          throw invalid("'permissionName'", permissionName, missingSubs(permissionName, unknown.join(",")));
        }
        await checkNoCircle(tx, permissionName, subPermissions);
        await permissions.create(tx, { ...made, ...ofUser, subPermissions }, context);
      });
      return { status: 201, body: made };
    },
  }),
  route({
    method: "GET",
    path: `${path}/{id}`,
    summary: "Gives a permission",
    permissionsRequired: ["perms.permissions.get"],
    answers: { 200: Shown },
    handle: async ({ params: { id }, db }) => ({
      status: 200,
      body: await db.read(async (tx) => {
        const [shown] = await withOwners(tx, [await permissions.get(tx, id)]);
        return shown ?? {};
      }),
    }),
  }),
  route({
    method: "PUT",
    path: `${path}/{id}`,
    summary: "Replaces a permission set that a user has made",
    permissionsRequired: ["perms.permissions.item.put"],
    ...changes,
    body: PermissionUpload,
    answers: { 200: Shown },
    handle: async (call) => {
      const { params, body, context } = call;
      const { id } = params;
      const { metadata: _sent, ...sent } = body;
      if (sent.id !== id) return badRequest("Invalid id value");
      const made = { ...sent, id, mutable: true };
      await pushes.tx(call, async (tx, tell) => {
        await lockPermissions(tx);
        const before = await permissions.find(tx, id);
        if (before === null) throw noPermission(id);
        const { permissionName = "", subPermissions: old = [] } = before;
        if (permissionName !== sent.permissionName)
          throw badRequest("permission name property cannot change");
        if (before.mutable !== true) throw badRequest("cannot change an immutable permission");
        const subPermissions = sent.subPermissions ?? [];
        const added = subPermissions.filter((name) => !old.includes(name));
        await checkAssignable(tx, context, added, (names) =>
          invalid("id", id, `Unable to update derived fields: ${missingSubs(permissionName, names)}`),
        );
        await checkNoCircle(tx, permissionName, added);
        await permissions.replace(tx, id, { ...made, ...ofUser, subPermissions }, context);
        tell({ everybody: "changed" });
      });
      return { status: 200, body: made };
    },
  }),
  route({
    method: "DELETE",
    path: `${path}/{id}`,
    summary: "Deletes a permission set that a user has made, from whoever has it too",
    permissionsRequired: ["perms.permissions.item.delete"],
    modulePermissions: [],
    answers: { 204: null },
    handle: async (call) => {
      const { id } = call.params;
      await pushes.tx(call, async (tx, tell) => {
        await lockPermissions(tx);
        const stored = await permissions.find(tx, id);
        if (stored === null) throw noPermission(id);
        if (stored.mutable !== true) throw badRequest("cannot delete an immutable permission");
        await purgePermissions(tx, [stored.permissionName ?? ""]);
        tell({ everybody: "changed" });
      });
      return { status: 204 };
    },
  }),
  route({
    method: "POST",
    path: "/perms/purge-deprecated",
    summary: "Deletes what is deprecated, from sets and users too",
    permissionsRequired: ["perms.permissions.purge-deprecated.post"],
    modulePermissions: [],
    answers: {
      200: Type.Object({ permissionNames: Type.Array(Type.String()), totalRecords: Type.Integer() }),
    },
    handle: async (call) => {
      const names = await pushes.tx(call, async (tx, tell) => {
        await lockPermissions(tx);
        const purged = await purgePermissions(tx, "deprecated");
        if (purged.length > 0) tell({ everybody: "changed" });
        return purged;
      });
      return { status: 200, body: { permissionNames: names, totalRecords: names.length } };
    },
  }),
];

const ofUser = { dummy: false, deprecated: false, mutable: true };

function missingSubs(permissionName: string, names: string): string {
  return `Attempting to add non-existent permissions ${names} as sub-permissions to permission ${permissionName}`;
}

function noPermission(id: string): Refusal {
  return new Refusal(404, [{ message: `No permission found to match id ${id}`, code: "not-found" }]);
}

async function withSubs(
  tx: ReadTransaction,
  permission: Permission,
  { expandSubs, expanded }: { readonly expandSubs?: string; readonly expanded?: string },
): Promise<object> {
  const names = permission.subPermissions ?? [];
  if (expandSubs === "true") {
    const defined = await permissionsNamed(tx, names);
    const subs = names.flatMap((name) => {
      const found = defined.get(name);
      return found === undefined ? [] : { ...found, childOf: [], grantedTo: [] };
    });
    return { ...permission, subPermissions: subs };
  }
  if (expanded !== "true") return permission;
  return { ...permission, subPermissions: await expandPermissions(tx, names) };
}
