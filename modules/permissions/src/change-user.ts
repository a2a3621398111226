import { badRequest, invalid, notFound, type RequestContext, type Transaction } from "@octavo/module-kit";
import { checkAssignable } from "./check-assignable.ts";
import { deriveOwners, lockPermissions, permissionsNamed } from "./expand-permissions.ts";
import { type PermissionUser, permissionUsers } from "./permissions.ts";

/** Gives a user the permissions of `next`: what is new must be there and be the caller's to give.
 * @throws Refusal 400, 403, 422 */
export async function changeUser(
  tx: Transaction,
  context: RequestContext,
  before: PermissionUser,
  next: PermissionUser,
): Promise<void> {
  await checkAdded(tx, context, before.permissions ?? [], next);
  await permissionUsers.replace(tx, before.id, next, context);
  await deriveOwners(tx, [...(before.permissions ?? []), ...(next.permissions ?? [])]);
}

export async function createUser(
  tx: Transaction,
  context: RequestContext,
  user: PermissionUser,
): Promise<PermissionUser> {
  await lockPermissions(tx);
  await checkAdded(tx, context, [], user);
  const created = await permissionUsers.create(tx, user, context);
  await deriveOwners(tx, user.permissions ?? []);
  return created;
}

export async function deleteUser(tx: Transaction, id: string): Promise<PermissionUser> {
  await lockPermissions(tx);
  const stored = await permissionUsers.find(tx, id);
  if (stored === null) throw notFound("permissions user", id);
  await permissionUsers.delete(tx, id);
  await deriveOwners(tx, stored.permissions ?? []);
  return stored;
}

async function checkAdded(
  tx: Transaction,
  context: RequestContext,
  before: readonly string[],
  { id, permissions = [] }: PermissionUser,
): Promise<void> {
  const added = permissions.filter((name) => !before.includes(name));
  if (added.length === 0) return;
  const dummies = [...(await permissionsNamed(tx, added)).values()].filter(({ dummy }) => dummy === true);
  if (dummies.length > 0) throw badRequest("Cannot add permissions flagged as 'dummy' to users");
  const missing = (names: string) =>
    invalid(
      "id",
      id,
      `Unable to update derived fields: Attempting to add non-existent permissions ${names} to permission user with id ${id}`,
    );
  await checkAssignable(tx, context, added, missing);
}
