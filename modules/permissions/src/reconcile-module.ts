import { type Author, badRequest, sql, type Static, type Transaction, Type } from "@octavo/module-kit";
import { lockPermissions, permissionsNamed } from "./expand-permissions.ts";
import { type Permission, permissions } from "./permissions.ts";

const texts = Type.Optional(Type.Array(Type.String()));
const Announced = Type.Object({
  permissionName: Type.Optional(Type.String()),
  replaces: texts,
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  subPermissions: texts,
  visible: Type.Optional(Type.Boolean()),
});
/** What a gateway says of one version of a module: all of its permissions (Okapi: PermissionList). */
export const Announcement = Type.Object({
  moduleId: Type.String(),
  replaces: texts,
  perms: Type.Optional(Type.Array(Announced)),
});
type Named = Static<typeof Announced> & { readonly permissionName: string };

/** Makes a module's permissions those that are announced. Who has a permission that another one replaces, has the new one too; what is no
 * longer announced stays, deprecated, until it is purged. The same announcement again changes nothing.
 * @returns the names of what was written, and of what the module has given up while users or sets still have it
 * @throws Refusal 400 where a name is another module's, or a user's
 * @see mod-permissions 6.5: TenantPermsAPI */
export async function reconcileModule(
  tx: Transaction,
  { moduleId, replaces = [], perms = [] }: Static<typeof Announcement>,
  author: Author,
): Promise<{ readonly written: readonly string[]; readonly orphans: readonly string[] }> {
  await lockPermissions(tx);
  const module = moduleOf(moduleId);
  // Of a name that comes twice the last one stands.
  const announced = new Map(perms.flatMap((each) => (isNamed(each) ? [[each.permissionName, each]] : [])));
  const existing = await ofModule(tx, module.moduleName);
  const mentioned = [...announced.values()].flatMap(({ permissionName, subPermissions = [] }) => [
    permissionName,
    ...subPermissions,
  ]);
  const known = await permissionsNamed(tx, mentioned);
  for (const name of announced.keys()) refuseCollision(known.get(name), existing, replaces);

  const missing = [...new Set(mentioned)].filter((name) => !known.has(name) && !announced.has(name));
  const wanted = [...announced.values()].map((each) => documentOf(each, module, known));
  const changed = wanted.filter(({ id: _id, ...each }) => !isAsStored(each, known.get(each.permissionName)));
  const removed = [...existing.values()].filter(
    ({ permissionName = "", deprecated }) => !announced.has(permissionName) && deprecated !== true,
  );
  const deprecated = removed.map(({ metadata: _metadata, ...each }) => ({
    ...each,
    deprecated: true,
    displayName: `(deprecated) ${each.displayName ?? each.permissionName ?? ""}`,
  }));
  const written = [...missing.map(dummyOf), ...changed, ...deprecated];
  if (written.length === 0) return { written: [], orphans: [] };
  await permissions.upsert(tx, written, author, "all");
  await handOn(tx, [...announced.values()], existing);
  return { written: written.map(nameOf), orphans: await stillHeld(tx, removed.map(nameOf)) };
}

async function stillHeld(tx: Transaction, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const rows = await tx.rows<{ name: string }>(sql`
    select name from unnest(${names}::text[]) name
    where exists (select from permissions_users where jsonb -> 'permissions' @> to_jsonb(name))
      or exists (select from permissions where jsonb -> 'subPermissions' @> to_jsonb(name) and jsonb ->> 'deprecated' = 'false')
    order by name`);
  return rows.map(({ name }) => name);
}

const nameOf = ({ permissionName = "" }: { readonly permissionName?: string }): string => permissionName;
const dummyOf = (permissionName: string) => ({
  permissionName,
  dummy: true,
  visible: false,
  mutable: false,
  deprecated: false,
  subPermissions: [],
});

function isNamed(each: Static<typeof Announced>): each is Named {
  return each.permissionName !== undefined;
}

function moduleOf(moduleId: string): { readonly moduleName: string; readonly moduleVersion?: string } {
  const [, moduleName = moduleId, moduleVersion] = /^(.+?)-(\d.*)$/u.exec(moduleId) ?? [];
  return { moduleName, ...(moduleVersion !== undefined && { moduleVersion }) };
}

async function ofModule(tx: Transaction, moduleName: string): Promise<ReadonlyMap<string, Permission>> {
  const rows = await tx.rows<{ document: string }>(
    sql`select jsonb::text as document from permissions where jsonb ->> 'moduleName' = ${moduleName}`,
  );
  // as: nothing is stored but what the collection's schema let in
  const all = rows.map(({ document }) => JSON.parse(document) as Permission);
  return new Map(all.map((each) => [nameOf(each), each]));
}

/** A module that comes for the first time takes what nobody owns, or who it replaces; later versions take also from other modules. */
function refuseCollision(
  found: Permission | undefined,
  existing: ReadonlyMap<string, Permission>,
  replaces: readonly string[],
): void {
  if (found === undefined || found.dummy === true) return;
  if (found.mutable === true) {
    throw badRequest(`PermissionName collision with user-defined permission: ${nameOf(found)}`);
  }
  const { deprecated, moduleName } = found;
  const isFree = deprecated === true || moduleName === undefined || replaces.includes(moduleName);
  if (existing.size > 0 || isFree) return;
  throw badRequest(
    `Collision! A Permission named ${nameOf(found)} is already defined: ${JSON.stringify(found)}`,
  );
}

function documentOf(
  { permissionName, displayName, description, subPermissions = [], visible = false }: Named,
  module: ReturnType<typeof moduleOf>,
  known: ReadonlyMap<string, Permission>,
) {
  const { id } = known.get(permissionName) ?? {};
  return {
    ...(id !== undefined && { id }),
    permissionName,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    subPermissions,
    visible,
    mutable: false,
    dummy: false,
    deprecated: false,
    ...module,
  };
}

function isAsStored(wanted: object, stored: Permission | undefined): boolean {
  if (stored === undefined) return false;
  const { id: _id, metadata: _metadata, ...rest } = stored;
  const text = (of: object): string =>
    JSON.stringify(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return text(wanted) === text(rest);
}

/** Sets and users that have what is replaced are given what takes its place: several, where it was split. */
async function handOn(
  tx: Transaction,
  announced: readonly Named[],
  existing: ReadonlyMap<string, Permission>,
): Promise<void> {
  const renamed = announced.flatMap(({ permissionName, replaces = [] }) =>
    existing.has(permissionName)
      ? []
      : replaces.filter((old) => existing.has(old)).map((old) => ({ old, next: permissionName })),
  );
  for (const { old, next } of renamed) {
    await tx.run(sql`
      update permissions set jsonb = jsonb_set(jsonb, '{subPermissions}', (jsonb -> 'subPermissions') || to_jsonb(${next}::text))
      where jsonb -> 'subPermissions' @> to_jsonb(${old}::text)
        and not jsonb -> 'subPermissions' @> to_jsonb(${next}::text)`);
    await tx.run(sql`
      update permissions_users set jsonb = jsonb_set(jsonb, '{permissions}', (jsonb -> 'permissions') || to_jsonb(${next}::text))
      where jsonb -> 'permissions' @> to_jsonb(${old}::text)
        and not jsonb -> 'permissions' @> to_jsonb(${next}::text)`);
  }
}
