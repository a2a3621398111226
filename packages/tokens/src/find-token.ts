// find-token.ts runs for every request: one pass over the headers, and nothing is allocated where there is no token.
import { err, ok } from "@octavo/result";
import type { Ok, Result } from "@octavo/result";
import { cookieValues } from "./read-cookies.ts";

export interface FoundToken {
  readonly token: string;
  /** A cookie is sent by a browser also when another site makes it: such a call has to prove its origin. */
  readonly source: "header" | "authorization" | "cookie";
  /** Names in lower case of what is not passed on: the token goes on as X-Okapi-Token only. Cookies stay as they are,
   * mod-login reads its refresh token there. */
  readonly remove: readonly string[];
}

export interface FindTokenError {
  /** For the client, with status 400: Okapi's one sentence for all of these. */
  readonly message: string;
  /** Which of them; the words are Okapi's where it has the case (TokenHeader). */
  readonly because: string;
}

export const ACCESS_TOKEN_COOKIE = "folioAccessToken";

/** The token of a request, of whatever issuer, unchecked. Two places may carry it, if they carry the same one.
 * @param rawHeaders name, value, name, value ... as sent
 * @see okapi-eureka.md 2.1; Okapi: TokenHeader.check */
export function findToken(rawHeaders: readonly string[]): Result<FoundToken | null, FindTokenError> {
  let header: string | null = null;
  let authorization: string | null = null;
  let cookie: string | null = null;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const value = rawHeaders[at + 1] ?? "";
    if (name.length === 13) {
      const lowered = name.toLowerCase();
      if (lowered === "x-okapi-token") {
        if (header !== null) return no("X-Okapi-Token comes more than once");
        header = value;
      } else if (lowered === "authorization") {
        if (authorization !== null) return no("Authorization comes more than once");
        authorization = withoutScheme(value);
      }
    } else if (name.length === 6 && name.toLowerCase() === "cookie") {
      for (const found of cookieValues(value, ACCESS_TOKEN_COOKIE)) {
        if (cookie !== null) return no(`Multiple ${ACCESS_TOKEN_COOKIE} cookie names`);
        cookie = found;
      }
    }
  }
  if (header !== null && authorization !== null && header !== authorization) {
    return no("X-Okapi-Token is not equal to Authorization token");
  }
  const token = header ?? authorization ?? cookie;
  if (token === null) return NO_TOKEN;
  if (cookie !== null && cookie !== token) return no("X-Okapi-Token conflicts with Cookie");
  const source = header !== null ? "header" : authorization !== null ? "authorization" : "cookie";
  return ok({ token, source, remove: authorization === null ? NOTHING : AUTHORIZATION });
}

/** RFC 9110: a scheme has no case; Okapi knows "Bearer " only. Without a scheme it is the token itself. */
function withoutScheme(value: string): string {
  return value.slice(0, 7).toLowerCase() === "bearer " ? value.slice(7).trim() : value;
}

const NO_TOKEN: Ok<null> = Object.freeze(ok(null));
const NOTHING: readonly string[] = Object.freeze([]);
const AUTHORIZATION: readonly string[] = Object.freeze(["authorization"]);

function no(because: string) {
  return err<FindTokenError>({
    message: "Different tokens in Authentication and X-Okapi-Token. Use only one of them",
    because,
  });
}
