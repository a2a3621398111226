import type { IdentityChanged } from "./change.ts";
import { orderedByKey } from "./draft-map.ts";
import type { IdentityEpochs, UserEpoch } from "./snapshot.ts";

const none: IdentityEpochs = { authEpoch: 0, serial: 0, everybodySince: 0, users: new Map() };

/** How long a user whose tokens were never ended is remembered: no instance keeps what it has read of a user as long. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** The same at every instance, because nothing but the batch and the state before it comes in. */
export function afterIdentityChanged(
  before: IdentityEpochs = none,
  { everybody, changed, ended, at }: IdentityChanged,
): IdentityEpochs {
  const serial = before.serial + 1;
  const users = new Map<string, UserEpoch>();
  for (const [id, user] of before.users) {
    if (user.epoch > 0 || user.at > at - REMEMBERED_MS) users.set(id, user);
  }
  for (const id of changed) users.set(id, { epoch: users.get(id)?.epoch ?? 0, since: serial, at });
  for (const id of new Set(ended)) {
    users.set(id, { epoch: (users.get(id)?.epoch ?? 0) + 1, since: serial, at });
  }
  return {
    authEpoch: before.authEpoch + (everybody === "ended" ? 1 : 0),
    serial,
    everybodySince: everybody === "untouched" ? before.everybodySince : serial,
    users: orderedByKey(users),
  };
}

/** Another tenant may get this id: no token of the one before is his. */
export function afterTenantRemoved(before: IdentityEpochs = none): IdentityEpochs {
  const serial = before.serial + 1;
  return { authEpoch: before.authEpoch + 1, serial, everybodySince: serial, users: new Map() };
}
