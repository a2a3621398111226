import { assert } from "@octavo/result";
import { printClaims, typOf } from "./claims.ts";
import type { Claims } from "./claims.ts";
import { LONGEST_TOKEN, signJws } from "./jws.ts";
import type { SignWith } from "./jws.ts";

/** The same claims and key give the same bytes: Ed25519 draws no random number, so a repeated refresh repeats its answer. */
export function signToken(claims: Claims, key: SignWith): string {
  const token = signJws(typOf[claims.type], printClaims(claims), key);
  assert(token.length <= LONGEST_TOKEN, `a token of ours has at most ${LONGEST_TOKEN} bytes`);
  return token;
}
