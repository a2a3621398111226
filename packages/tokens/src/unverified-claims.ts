import { isJsonObject, parseJson } from "@octavo/json";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";

/** What a token says without anybody having checked it: enough to tell whose it is, and to find the tenant whose own auth
 * filter will check it. Never grounds to allow anything. */
export interface UnverifiedClaims {
  readonly issuer: string | null;
  readonly tenantId: string | null;
  readonly userId: string | null;
}

/** Lax where Okapi is (OkapiToken): a foreign token may be signed in any way, or encrypted.
 * @returns or Okapi's sentence, which follows "Invalid Token: " in a 400 */
export function readUnverified(token: string): Result<UnverifiedClaims, string> {
  const first = token.indexOf(".");
  const second = token.indexOf(".", first + 1);
  if (first === -1 || second === -1) return err("Missing . separator for token");
  const json = parseJson(Buffer.from(token.slice(first + 1, second), "base64url").toString("utf8"));
  if (!json.ok) return err(json.error.message);
  const payload = json.value;
  if (!isJsonObject(payload)) return err("Failed to decode:The payload is not an object");
  const text = (name: string): string | null => {
    const value = payload.get(name);
    return typeof value === "string" ? value : null;
  };
  return ok({ issuer: text("iss"), tenantId: text("tenant"), userId: text("user_id") });
}
