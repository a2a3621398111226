import { randomBytes } from "node:crypto";
import {
  accessClaims,
  anonymousClaims,
  type Claims,
  dummyClaims,
  type DummyClaims,
  type Issuing,
  legacyAccessClaims,
  type ModuleClaims,
  moduleClaims,
  refreshClaims,
  signToken,
  type SignWith,
  type Successor,
  systemClaims,
  type TenantEpochs,
  type TokenPair,
} from "@octavo/tokens";
import type { IdentityPolicy } from "./identity-policy.ts";

interface TokenIssuerParts {
  readonly keys: { readonly signer: SignWith };
  readonly epochsOf: (tenantId: string) => TenantEpochs;
  readonly policy: IdentityPolicy;
  readonly now: () => number;
}

export interface Signed<C extends Claims> {
  readonly token: string;
  readonly claims: C;
}

/** Signs tokens of tenants with the key of now, under the epochs of now. */
export class TokenIssuer {
  readonly #parts: TokenIssuerParts;

  constructor(parts: TokenIssuerParts) {
    this.#parts = parts;
  }

  /** @param session its refresh token, as it is stored by now */
  pair(tenantId: string, user: { userId: string; username: string }, session: Successor): TokenPair {
    const by = this.#issuing(tenantId, this.#parts.policy.refresh.accessLifeMs);
    const tokenUser = { ...user, userEpoch: this.#parts.epochsOf(tenantId).userEpoch(user.userId) };
    const access = accessClaims(by, tokenUser, session.familyId);
    const refresh = refreshClaims(by, tokenUser, session);
    return {
      tenantId,
      accessToken: this.#sign(access),
      refreshToken: this.#sign(refresh),
      accessExpires: access.exp,
      refreshExpires: refresh.exp,
    };
  }

  legacy(tenantId: string, user: { userId: string; username: string }): string {
    const tokenUser = { ...user, userEpoch: this.#parts.epochsOf(tenantId).userEpoch(user.userId) };
    return this.#sign(
      legacyAccessClaims(this.#issuing(tenantId, this.#parts.policy.legacyLifeMs), tokenUser),
    );
  }

  dummy(
    tenantId: string,
    type: DummyClaims["type"],
    sub: string,
    extraPermissions: readonly string[],
  ): Signed<DummyClaims> {
    const { legacyLifeMs, refresh } = this.#parts.policy;
    const lifeMs = type === "dummy" ? legacyLifeMs : refresh.accessLifeMs;
    const claims = dummyClaims(this.#issuing(tenantId, lifeMs), type, sub, extraPermissions);
    return { token: this.#sign(claims), claims };
  }

  module(caller: Claims, moduleId: string, extraPermissions: readonly string[]): Signed<ModuleClaims> {
    const { moduleLifeMs } = this.#parts.policy;
    const claims = moduleClaims(
      this.#issuing(caller.tenant, moduleLifeMs),
      caller,
      moduleId,
      extraPermissions,
    );
    return { token: this.#sign(claims), claims };
  }

  anonymous(tenantId: string): Signed<Claims> {
    const claims = anonymousClaims(this.#issuing(tenantId, this.#parts.policy.ownLifeMs));
    return { token: this.#sign(claims), claims };
  }

  /** With all permissions. @param actor "operator:<id>" */
  system(tenantId: string, actor: string): Signed<Claims> {
    const claims = systemClaims(this.#issuing(tenantId, this.#parts.policy.ownLifeMs), actor, null);
    return { token: this.#sign(claims), claims };
  }

  /** For a module that the gateway calls by itself. It lives as long as a module's token: a migration may take hours.
   * @param actor "timer:<id>", "job:<id>" */
  systemCall(tenantId: string, actor: string, moduleId: string, extraPermissions: readonly string[]): string {
    const { moduleLifeMs } = this.#parts.policy;
    return this.#sign(systemClaims(this.#issuing(tenantId, moduleLifeMs), actor, extraPermissions, moduleId));
  }

  #issuing(tenantId: string, lifeMs: number): Issuing {
    return {
      issuer: this.#parts.policy.issuer,
      tenantId,
      epoch: this.#parts.epochsOf(tenantId).tenantEpoch,
      nowMs: this.#parts.now(),
      tokenId: randomBytes(16).toString("base64url"),
      lifeMs,
    };
  }

  #sign(claims: Claims): string {
    return signToken(claims, this.#parts.keys.signer);
  }
}
