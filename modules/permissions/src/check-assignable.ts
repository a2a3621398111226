import { forbidden, type invalid, type ReadTransaction, type RequestContext } from "@octavo/module-kit";
import { expandPermissions, permissionsNamed } from "./expand-permissions.ts";
import { userBy } from "./find-user.ts";

export const assigning = [
  "perms.users.assign.okapi",
  "perms.users.assign.immutable",
  "perms.users.assign.mutable",
];

/** Nobody gives more than he has, but who may assign permissions of that kind. Without a token nobody is asked: there is no authority.
 * @throws Refusal 403; 422 where one is not defined
 * @see mod-permissions 6.5: PermsAPI.checkOperatingPermissions */
export async function checkAssignable(
  tx: ReadTransaction,
  context: RequestContext,
  added: readonly string[],
  missing: (names: string) => ReturnType<typeof invalid>,
): Promise<void> {
  const defined = await permissionsNamed(tx, added);
  if (context.token !== null) await checkCaller(tx, context, added, defined);
  const unknown = added.filter((name) => !defined.has(name));
  if (unknown.length > 0) throw missing(unknown.join(","));
}

async function checkCaller(
  tx: ReadTransaction,
  context: RequestContext,
  added: readonly string[],
  defined: Awaited<ReturnType<typeof permissionsNamed>>,
): Promise<void> {
  const own = context.userId === null ? null : await userBy(tx, "userId", context.userId);
  const held = new Set(await expandPermissions(tx, own?.permissions ?? []));
  const may = (kind: string): boolean =>
    context.permissions.has(`perms.users.assign.${kind}`) || held.has(`perms.users.assign.${kind}`);
  const others = added.filter((name) => !held.has(name) && defined.has(name));
  const isOkapi = (name: string): boolean => name.startsWith("okapi.") || name === "perms.users.assign.okapi";
  const refused: readonly (readonly [string, readonly string[]])[] = [
    ["okapi", others.filter(isOkapi)],
    ["immutable", others.filter((name) => defined.get(name)?.mutable !== true)],
    ["mutable", others.filter((name) => defined.get(name)?.mutable === true)],
  ];
  for (const [kind, names] of refused) {
    if (names.length === 0 || may(kind)) continue;
    const listed = `permission${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
    throw forbidden(`Cannot add ${kind} ${listed} not owned by operating user ${context.userId}`);
  }
}
