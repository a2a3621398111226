import { badRequest, invalid, type RequestContext, type Transaction } from "@octavo/module-kit";
import { checkAssignable } from "./check-assignable.ts";
import { lockPermissions, permissionsNamed } from "./expand-permissions.ts";
import { noUserFound } from "./find-user.ts";
import { type PermissionUser, permissionUsers } from "./permissions.ts";

/** Gives a user the permissions of `next`: what is new must be there and be the caller's to give.
 * @throws Refusal 400, 403, 422 */
export async function changeUser(
  tx: Transaction,
  context: RequestContext,
  before: PermissionUser,
  next: PermissionUser,
): Promise<void> {
  const added = addedOf(before.permissions ?? [], next);
  const dummies = [...(await permissionsNamed(tx, added)).values()].filter(({ dummy }) => dummy === true);
  if (dummies.length > 0) throw badRequest("Cannot add permissions flagged as 'dummy' to users");
  await checkAdded(tx, context, added, next.id);
  await permissionUsers.replace(tx, before.id, next, context);
}

/** What is only named by others, and defined by nobody yet, may be given from the start: modules make their system users before all others are
 * there. */
export async function createUser(
  tx: Transaction,
  context: RequestContext,
  user: PermissionUser,
): Promise<PermissionUser> {
  await lockPermissions(tx);
  await checkAdded(tx, context, addedOf([], user), user.id);
  return await permissionUsers.create(tx, user, context);
}

export async function deleteUser(tx: Transaction, id: string): Promise<PermissionUser> {
  await lockPermissions(tx);
  const stored = await permissionUsers.find(tx, id);
  if (stored === null) throw noUserFound(`No permissions user found with id ${id}`);
  await permissionUsers.delete(tx, id);
  return stored;
}

function addedOf(before: readonly string[], { permissions = [] }: PermissionUser): readonly string[] {
  const had = new Set(before);
  return permissions.filter((name) => !had.has(name));
}

async function checkAdded(
  tx: Transaction,
  context: RequestContext,
  added: readonly string[],
  id: string,
): Promise<void> {
  if (added.length === 0) return;
  const missing = (names: string) =>
    invalid(
      "id",
      id,
      `Unable to update derived fields: Attempting to add non-existent permissions ${names} to permission user with id ${id}`,
    );
  await checkAssignable(tx, context, added, missing);
}
