import type { IdentityChange } from "@octavo/module-kit";
import type { User } from "./user-records.ts";

/** What gateways are told where one user came in the place of another: they keep whether somebody is active, and until when. */
export function toldOf(before: User, after: User): IdentityChange {
  const [wasActive, isActive] = [before.active === true, after.active === true];
  if (wasActive && !isActive) return { ended: [after.id] };
  if (wasActive === isActive && before.expirationDate === after.expirationDate) return {};
  return { changed: [after.id] };
}
