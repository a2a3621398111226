/** One sign-in and all that was refreshed from it: one row, so that each change is one statement. Dates are milliseconds of
 * the database's clock.
 *
 *   open ──refresh──> open, generation + 1 ... ──reuse, sign-out──> revoked
 *
 * The tokens themselves are not stored: the successor is (family, generation, rotatedAt), signed, and comes out the same
 * each time. */
export interface FamilyRow {
  readonly familyId: string;
  readonly tenantId: string;
  readonly userId: string;
  /** Of the one refresh token that may be used; 1 is that from sign-in. */
  readonly generation: number;
  /** When that one was given out. */
  readonly rotatedAt: number;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

export interface RefreshPolicy {
  readonly accessLifeMs: number;
  readonly refreshLifeMs: number;
  /** How long a client that lost the answer may ask again with the token it has. */
  readonly graceMs: number;
  /** From sign-in on, however often it is refreshed; null: no end. */
  readonly familyLifeMs: number | null;
}

/** mod-authtoken's lives: ten minutes and a week. */
export const defaultRefreshPolicy: RefreshPolicy = {
  accessLifeMs: 600_000,
  refreshLifeMs: 604_800_000,
  graceMs: 30_000,
  familyLifeMs: null,
};

/** What a verified refresh token says. */
export interface PresentedRefresh {
  readonly familyId: string;
  readonly generation: number;
  readonly tenantId: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** One statement on one row. Where `whenGeneration` (and revokedAt null) no longer holds, nothing was written: read the row
 * and decide again. */
export type RefreshWrite =
  | {
      readonly do: "rotate";
      readonly familyId: string;
      readonly whenGeneration: number;
      readonly rotatedAt: number;
    }
  | { readonly do: "revoke"; readonly familyId: string; readonly revokedAt: number };

export type RefreshAnswer =
  /** To be given out after the write, if there is one, is committed; on a failed store there is no answer but a 5xx. */
  | { readonly kind: "successor"; readonly successor: Successor; readonly isRepeated: boolean }
  /** Status 401, and mod-authtoken's "Invalid token" as the body. `because` is for the log. */
  | { readonly kind: "refused"; readonly reason: RefreshRefusal; readonly because: string };

export type RefreshRefusal = "unknown" | "revoked" | "expired" | "reused";

export interface Successor {
  readonly familyId: string;
  readonly generation: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface RefreshDecision {
  readonly write: RefreshWrite | null;
  readonly answer: RefreshAnswer;
}

/** Single use, with two exceptions of one kind: the immediate predecessor gets the successor once more within the grace.
 * Anything older, or later, was stolen or is the thief's, so the family ends.
 * @param row null where there is none: it was cleaned up, or the token is of a database that was restored since
 * @see reliability.md 6, row 11 */
export function decideRefresh(
  presented: PresentedRefresh,
  row: FamilyRow | null,
  now: number,
  policy: RefreshPolicy,
): RefreshDecision {
  if (row === null || row.tenantId !== presented.tenantId || row.userId !== presented.userId) {
    return refused("unknown", "there is no such session");
  }
  if (row.revokedAt !== null) return refused("revoked", "the session was ended");
  if (presented.expiresAt <= now || expiryOf(row, row.rotatedAt, policy) <= now) {
    return refused("expired", "the refresh token has expired");
  }
  if (presented.generation > row.generation) {
    return refused("unknown", "the token is newer than what is stored: a database was restored or is behind");
  }
  if (presented.generation === row.generation) {
    const write: RefreshWrite = {
      do: "rotate",
      familyId: row.familyId,
      whenGeneration: row.generation,
      rotatedAt: now,
    };
    return { write, answer: successor(afterRotation(row, now), policy, false) };
  }
  const isPredecessor = presented.generation === row.generation - 1;
  if (isPredecessor && now - row.rotatedAt <= policy.graceMs) {
    return { write: null, answer: successor(row, policy, true) };
  }
  const because = "the refresh token was used before: its session was ended";
  const write: RefreshWrite = { do: "revoke", familyId: row.familyId, revokedAt: now };
  return { write, answer: { kind: "refused", reason: "reused", because } };
}

/** What "rotate" makes of a row. */
export function afterRotation(row: FamilyRow, rotatedAt: number): FamilyRow {
  return { ...row, generation: row.generation + 1, rotatedAt };
}

/** A new session, for the row to be inserted and the first refresh token. @param familyId random, 128 bits */
export function openFamily(
  of: { readonly familyId: string; readonly tenantId: string; readonly userId: string },
  now: number,
  policy: RefreshPolicy,
): { readonly row: FamilyRow; readonly first: Successor } {
  const row: FamilyRow = { ...of, generation: 1, rotatedAt: now, createdAt: now, revokedAt: null };
  return { row, first: successorOf(row, policy) };
}

/** Signing out ends the family, with whichever token of it; also an expired one, and as often as it is asked for. */
export function decideSignOut(
  presented: PresentedRefresh,
  row: FamilyRow | null,
  now: number,
): RefreshWrite | null {
  if (row === null || row.revokedAt !== null) return null;
  if (row.tenantId !== presented.tenantId || row.userId !== presented.userId) return null;
  return { do: "revoke", familyId: row.familyId, revokedAt: now };
}

/** Signing out everywhere: all families of the user, and by the epoch every token that was signed until now. */
export interface SignOutEverywhere {
  readonly do: "revoke-all";
  readonly tenantId: string;
  readonly userId: string;
  readonly revokedAt: number;
  readonly userEpoch: number;
}

export function decideSignOutEverywhere(
  tenantId: string,
  userId: string,
  currentUserEpoch: number,
  now: number,
): SignOutEverywhere {
  return { do: "revoke-all", tenantId, userId, revokedAt: now, userEpoch: currentUserEpoch + 1 };
}

/** When a row may be deleted: none of its refresh tokens and no access token that came with them counts any more. */
export function deletableFrom(row: FamilyRow, policy: RefreshPolicy): number {
  return expiryOf(row, row.rotatedAt, policy) + policy.accessLifeMs;
}

function successor(row: FamilyRow, policy: RefreshPolicy, isRepeated: boolean): RefreshAnswer {
  return { kind: "successor", successor: successorOf(row, policy), isRepeated };
}

function successorOf(row: FamilyRow, policy: RefreshPolicy): Successor {
  const { familyId, generation, rotatedAt } = row;
  return { familyId, generation, issuedAt: rotatedAt, expiresAt: expiryOf(row, rotatedAt, policy) };
}

function expiryOf(row: FamilyRow, from: number, { refreshLifeMs, familyLifeMs }: RefreshPolicy): number {
  const ofToken = from + refreshLifeMs;
  return familyLifeMs === null ? ofToken : Math.min(ofToken, row.createdAt + familyLifeMs);
}

function refused(reason: RefreshRefusal, because: string): RefreshDecision {
  return { write: null, answer: { kind: "refused", reason, because } };
}
