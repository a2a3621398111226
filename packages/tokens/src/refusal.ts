import type { VerifyErrorKind } from "./verify-error.ts";

/** mod-authtoken tells a client no more than this, whatever was wrong; the reason is for the log. */
export const INVALID_TOKEN = "Invalid token";

/** 401: get another token. 403: this one is good, elsewhere. */
export const statusOf = {
  "too-long": 401,
  malformed: 401,
  "wrong-algorithm": 401,
  "unsupported-header": 401,
  "wrong-type": 401,
  "unknown-key": 401,
  "bad-signature": 401,
  "bad-claims": 401,
  "wrong-issuer": 401,
  "wrong-tenant": 403,
  expired: 401,
  "not-yet-valid": 401,
  ended: 401,
} satisfies Record<VerifyErrorKind, 401 | 403>;

/** The texts for a token that is good, of a user that is not. Both 401. */
export function inactiveUser(userId: string): string {
  return `Invalid token: user with id ${userId} is not active`;
}

export function unknownUser(userId: string): string {
  return `Invalid token: User with id ${userId} does not exist`;
}
