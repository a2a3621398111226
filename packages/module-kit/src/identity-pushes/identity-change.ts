/** What gateways are told of the users of a tenant (POST /_/octavo/identity/invalidations). */
export interface IdentityChange {
  /** Ids of users whose record or permissions are other ones than before. A user who is new need not be told of: what a gateway does not
   * find it asks for again within seconds. */
  readonly changed?: readonly string[];
  /** Ids of users whose tokens and sessions end: set inactive, deleted. */
  readonly ended?: readonly string[];
  /** The contents of a set of permissions have changed: nobody knows whose. */
  readonly everybody?: "changed";
}

/** As many users as one push may name. */
const MOST_USERS = 1000;

export function isNothing({ changed = [], ended = [], everybody }: IdentityChange): boolean {
  return changed.length === 0 && ended.length === 0 && everybody === undefined;
}

/** All of these in as few pushes as may be. Their order does not matter: none takes another back. */
export function joined(changes: readonly IdentityChange[]): readonly IdentityChange[] {
  const ended = new Set(changes.flatMap((change) => change.ended ?? []));
  const isEverybody = changes.some(({ everybody }) => everybody === "changed");
  // Whoever is ended is read anew as well, and so is each where everybody is.
  const changed = isEverybody ? [] : changes.flatMap((change) => change.changed ?? []);
  const users = [
    ...[...ended].map((id) => ({ id, isEnded: true })),
    ...[...new Set(changed)].filter((id) => !ended.has(id)).map((id) => ({ id, isEnded: false })),
  ];
  const pushes: IdentityChange[] = [];
  for (let at = 0; at < users.length; at += MOST_USERS) {
    const some = users.slice(at, at + MOST_USERS);
    const idsOf = (isEnded: boolean) => some.filter((user) => user.isEnded === isEnded).map(({ id }) => id);
    pushes.push({ changed: idsOf(false), ended: idsOf(true) });
  }
  if (!isEverybody) return pushes;
  const [first = {}, ...others] = pushes;
  return [{ ...first, everybody: "changed" }, ...others];
}
