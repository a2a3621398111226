import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** `oct_op_<id>_<secret>`: recognisable to people and to secret scanners, the id tells whose it is (DECISIONS 3). */
const form = /^oct_op_([a-z0-9-]+)_([A-Za-z0-9_-]{43,})$/;

const SECRET_BYTES = 32;

export function newOperatorToken(operatorId: string): string {
  return `oct_op_${operatorId}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** Whose token this claims to be; null for a text of another form. */
export function claimedOperatorId(token: string): string | null {
  return form.exec(token)?.[1] ?? null;
}

/** What is kept of a token. It is long and random, so that a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Takes as long for a nearly right token as for a wrong one. */
export function isTokenOf(token: string, tokenHash: string): boolean {
  const kept = Buffer.from(tokenHash, "hex");
  const given = createHash("sha256").update(token).digest();
  return kept.length === given.length && timingSafeEqual(kept, given);
}
