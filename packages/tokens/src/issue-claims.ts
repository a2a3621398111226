import { NO_USER_PREFIX } from "./claims.ts";
import type {
  AccessClaims,
  AnonymousClaims,
  Claims,
  DummyClaims,
  LegacyAccessClaims,
  ModuleClaims,
  RefreshClaims,
  SystemClaims,
} from "./claims.ts";
import type { Successor } from "./refresh-rotation.ts";

/** Who signs, and when. */
export interface Issuing {
  readonly issuer: string;
  readonly tenantId: string;
  /** The tenant's. */
  readonly epoch: number;
  readonly nowMs: number;
  /** Random, 128 bits in base64url. */
  readonly tokenId: string;
  readonly lifeMs: number;
}

export interface TokenUser {
  readonly userId: string;
  readonly username: string;
  readonly userEpoch: number;
}

export function accessClaims(by: Issuing, user: TokenUser, sessionId: string): AccessClaims {
  return { ...common(by, user.username), ...userClaims(user), type: "access", sid: sessionId };
}

export function legacyAccessClaims(by: Issuing, user: TokenUser): LegacyAccessClaims {
  return { ...common(by, user.username), ...userClaims(user), type: "legacy-access" };
}

/** Everything in it follows from the stored family, so that a repeated refresh repeats the token. */
export function refreshClaims(
  by: Pick<Issuing, "issuer" | "tenantId" | "epoch">,
  user: TokenUser,
  token: Successor,
): RefreshClaims {
  const lifeMs = token.expiresAt - token.issuedAt;
  const tokenId = `${token.familyId}.${token.generation}`;
  return {
    ...common({ ...by, nowMs: token.issuedAt, tokenId, lifeMs }, user.username),
    ...userClaims(user),
    type: "refresh",
    prn: "refresh",
    sid: token.familyId,
    gen: token.generation,
  };
}

/** On behalf of whoever called: name, user and epochs are the caller's. An epoch of the caller's that was raised since ends
 * this token too. */
export function moduleClaims(
  by: Omit<Issuing, "tenantId" | "epoch">,
  caller: Claims,
  moduleId: string,
  extraPermissions: readonly string[],
): ModuleClaims {
  const user =
    "user_id" in caller
      ? { user_id: caller.user_id, user_epoch: caller.user_epoch }
      : { user_id: null, user_epoch: null };
  const tenant = { tenantId: caller.tenant, epoch: caller.epoch };
  const of = { module: moduleId, extra_permissions: extraPermissions };
  return { ...common({ ...by, ...tenant }, caller.sub), ...user, ...of, type: "module" };
}

/** Permissions without a user, for what the client asked of POST /token/sign. */
export function dummyClaims(
  by: Issuing,
  type: DummyClaims["type"],
  sub: string,
  extraPermissions: readonly string[],
): DummyClaims {
  return { ...common(by, sub), type, extra_permissions: extraPermissions };
}

/** One may serve all anonymous calls of a tenant while it lasts. */
export function anonymousClaims(by: Issuing): AnonymousClaims {
  return { ...common(by, `${NO_USER_PREFIX}${by.tokenId}`), type: "anonymous" };
}

/** @param actor "operator:<id>", "timer:<id>", "job:<id>"
 * @param extraPermissions null for everything
 * @param moduleId who holds it; null: nobody's module */
export function systemClaims(
  by: Issuing,
  actor: string,
  extraPermissions: readonly string[] | null,
  moduleId: string | null = null,
): SystemClaims {
  const of = { act: actor, module: moduleId, extra_permissions: extraPermissions };
  return { ...common(by, `${NO_USER_PREFIX}system`), ...of, type: "system" };
}

function common(by: Issuing, sub: string) {
  const iat = Math.floor(by.nowMs / 1000);
  const exp = Math.floor((by.nowMs + by.lifeMs) / 1000);
  return { iss: by.issuer, tenant: by.tenantId, sub, iat, exp, jti: by.tokenId, epoch: by.epoch };
}

function userClaims({ userId, userEpoch }: TokenUser) {
  return { user_id: userId, user_epoch: userEpoch };
}
