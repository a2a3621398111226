import { and, type Clause, equal, isDefined, minus, or } from "@octavo/module-kit";

/** Who may read or write which settings is said by permissions that name a scope: `mod-settings.global.read.ui-users` is for those of
 * everybody, `.users.` for those of any user, `.owner.` for one's own (mod-settings 1.0, SettingsStorage). */

export interface Reader {
  readonly userId: string | null;
  readonly permissions: ReadonlySet<string>;
}

export interface Owned {
  readonly scope: string;
  readonly userId?: string | undefined;
}

type Whose = "global" | "users" | "owner";
const PREFIX = "mod-settings";

export function mayAccess(
  how: "read" | "write",
  { scope, userId: owner }: Owned,
  { userId, permissions }: Reader,
): boolean {
  const has = (whose: Whose): boolean => permissions.has(`${PREFIX}.${whose}.${how}.${scope}`);
  if (owner === undefined) return has("global");
  return has("users") || (has("owner") && userId !== null && sameUuid(userId, owner));
}

/** What a reader may see, as a condition of the search.
 * @returns null where it is nothing */
export function readableBy({ userId, permissions }: Reader): Clause | null {
  const clauses = [...rightsByScope(permissions)].flatMap(([scope, rights]) =>
    readableIn(scope, rights, userId),
  );
  const [first, ...others] = clauses;
  return first === undefined ? null : or(first, ...others);
}

function rightsByScope(permissions: ReadonlySet<string>): Map<string, Set<Whose>> {
  const found = new Map<string, Set<Whose>>();
  for (const permission of permissions) {
    const [, whose, scope] = /^mod-settings\.(global|users|owner)\.read\.(.+)$/su.exec(permission) ?? [];
    if (whose === undefined || scope === undefined) continue;
    const rights = found.get(scope) ?? new Set();
    found.set(scope, rights.add(whose as Whose)); // as: the expression lets in these three
  }
  return found;
}

function readableIn(scope: string, rights: ReadonlySet<Whose>, userId: string | null): Clause[] {
  const inScope = equal("scope", scope);
  const ofUsers = isDefined("userId");
  const isOwn = rights.has("owner") && userId !== null ? [and(inScope, equal("userId", userId))] : [];
  if (rights.has("users")) return [rights.has("global") ? inScope : and(inScope, ofUsers)];
  return [...(rights.has("global") ? [minus(inScope, ofUsers)] : []), ...isOwn];
}

/** As stored: in small letters or not. */
function sameUuid(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
