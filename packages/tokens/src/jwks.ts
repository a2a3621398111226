import type { JsonObject } from "@octavo/json";
import type { KeyRecord } from "./key-rotation.ts";
import { stateOf } from "./key-rotation.ts";

/** The keys that a token may be signed with, as RFC 7517 and RFC 8037 have them: also those that do not sign yet, so that
 * whoever keeps this list for a while knows them in time. */
export function jwks(keys: readonly KeyRecord[]): JsonObject {
  const known = keys.filter((key) => stateOf(key) !== "retired");
  const members = known.map(
    ({ kid, x }) =>
      new Map([
        ["kty", "OKP"],
        ["crv", "Ed25519"],
        ["x", x],
        ["kid", kid],
        ["use", "sig"],
        ["alg", "EdDSA"],
      ]),
  );
  return new Map([["keys", members]]);
}
