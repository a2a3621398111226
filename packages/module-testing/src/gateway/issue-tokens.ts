import { randomBytes } from "node:crypto";
import { accessClaims, createSigningKey, signToken, systemClaims } from "@octavo/tokens";

/** Signs tokens as the gateway does, with a key of its own. */
export interface TokenIssuer {
  /** What `/_/octavo/keys` answers. */
  readonly keySet: object;
  /** A token of a user, or of the system where there is none. */
  tokenFor(tenantId: string, userId: string | null): string;
}

const LIFE_MS = 600_000;

export function createTokenIssuer(): TokenIssuer {
  const key = createSigningKey(randomBytes(32));
  const { kid, x } = key;
  return {
    keySet: { keys: [{ kty: "OKP", crv: "Ed25519", x, kid, use: "sig", alg: "EdDSA" }] },
    tokenFor: (tenantId, userId) => {
      const by = {
        issuer: "octavo",
        tenantId,
        epoch: 0,
        nowMs: performance.timeOrigin + performance.now(),
        tokenId: randomBytes(16).toString("base64url"),
        lifeMs: LIFE_MS,
      };
      const claims =
        userId === null
          ? systemClaims(by, "operator:test", null)
          : accessClaims(by, { userId, username: `user-${userId}`, userEpoch: 0 }, by.tokenId);
      return signToken(claims, key);
    },
  };
}
