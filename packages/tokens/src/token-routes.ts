import { isJsonArray, isJsonObject } from "@octavo/json";
import type { JsonObject, JsonValue } from "@octavo/json";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";

/** The bodies of the routes of `authtoken` 2.0 and `authtoken2` 1.0, which mod-login, mod-login-saml and mod-users-bl call.
 * Answers: 201 with JSON, 204 for the two that invalidate; errors as text/plain. */
export interface TokenRoute {
  readonly method: "POST";
  readonly pathPattern: string;
  /** Held by the module that calls, from its descriptor; a user's own do not count. mod-authtoken names one of its newer
   * version beside the old one: any of these. */
  readonly modulePermissions: readonly string[];
}

export const tokenRoutes: readonly TokenRoute[] = [
  { method: "POST", pathPattern: "/token", modulePermissions: ["auth.token.post", "auth.signtoken"] },
  {
    method: "POST",
    pathPattern: "/refreshtoken",
    modulePermissions: ["auth.refreshtoken.post", "auth.signrefreshtoken"],
  },
  {
    method: "POST",
    pathPattern: "/token/sign",
    modulePermissions: ["auth.token.sign.post", "auth.signtoken"],
  },
  {
    method: "POST",
    pathPattern: "/token/refresh",
    modulePermissions: ["auth.token.refresh.post", "auth.signrefreshtoken"],
  },
  { method: "POST", pathPattern: "/token/invalidate", modulePermissions: [] },
  { method: "POST", pathPattern: "/token/invalidate-all", modulePermissions: [] },
  // Ours alone: not of those interfaces. Whoever provides users or permissions may ask.
  { method: "POST", pathPattern: "/token/identity-pushes", modulePermissions: [] },
];

/** Whether the caller's token itself holds what the route asks for.
 * @param ofToken the token's expanded extra permissions, without the user's
 * @returns or mod-authtoken's sentence, status 401 */
export function mayCallTokenRoute(route: TokenRoute, ofToken: ReadonlySet<string>): Result<null, string> {
  const { pathPattern, modulePermissions } = route;
  if (modulePermissions.length === 0 || modulePermissions.some((each) => ofToken.has(each))) return ok(null);
  return err(
    `Missing required module-level permissions for endpoint '${pathPattern}': ${modulePermissions[0] ?? ""}`,
  );
}

/** POST /token and /token/sign: {"payload": {"sub", "user_id"}} for a user, {"payload": {"sub", "dummy": true,
 * "extra_permissions"}} for permissions without one. */
export type SignRequest =
  | { readonly kind: "user"; readonly username: string; readonly userId: string }
  | { readonly kind: "dummy"; readonly sub: string; readonly extraPermissions: readonly string[] };

export function parseSignRequest(body: JsonValue): Result<SignRequest, string> {
  const payload = isJsonObject(body) ? body.get("payload") : undefined;
  if (payload === undefined || !isJsonObject(payload)) return err('the body has no object "payload"');
  const sub = textOf(payload, "sub");
  if (sub === null) return err('"payload" has no text "sub"');
  if (payload.get("dummy") !== true) {
    const userId = textOf(payload, "user_id");
    return userId === null
      ? err('"payload" has no text "user_id"')
      : ok({ kind: "user", username: sub, userId });
  }
  const listed = payload.get("extra_permissions") ?? [];
  const extraPermissions = isJsonArray(listed) ? listed.filter((each) => typeof each === "string") : null;
  if (!isJsonArray(listed) || extraPermissions?.length !== listed.length) {
    return err('"extra_permissions" is not a list of texts');
  }
  return ok({ kind: "dummy", sub, extraPermissions });
}

/** POST /refreshtoken: {"userId", "sub"}; mod-authtoken's code reads "user_id", its schema says "userId". */
export function parseSignRefreshRequest(body: JsonValue): Result<SignRequest, string> {
  if (!isJsonObject(body)) return err("the body is not an object");
  const userId = textOf(body, "userId") ?? textOf(body, "user_id");
  const username = textOf(body, "sub");
  return userId === null || username === null
    ? err('the body has no text "userId" or no text "sub"')
    : ok({ kind: "user", username, userId });
}

/** POST /token/refresh and /token/invalidate: {"refreshToken"}. */
export function parseRefreshRequest(body: JsonValue): Result<string, string> {
  const token = isJsonObject(body) ? textOf(body, "refreshToken") : null;
  return token === null ? err('the body has no text "refreshToken"') : ok(token);
}

export interface TokenPair {
  readonly tenantId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** In seconds, as the claim exp. */
  readonly accessExpires: number;
  readonly refreshExpires: number;
}

/** The answer to /token/sign for a user, and to /token/refresh. */
export function printTokenPair(pair: TokenPair): JsonObject {
  return new Map([
    ["accessToken", pair.accessToken],
    ["refreshToken", pair.refreshToken],
    ["accessTokenExpiration", instantOf(pair.accessExpires)],
    ["refreshTokenExpiration", instantOf(pair.refreshExpires)],
    ["tenantId", pair.tenantId],
  ]);
}

/** The answer to /token, and to /token/sign for a dummy token. */
export function printToken(token: string): JsonObject {
  return new Map([["token", token]]);
}

/** As Java prints an Instant of whole seconds: modules parse it. */
function instantOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function textOf(object: JsonObject, name: string): string | null {
  const value = object.get(name);
  return typeof value === "string" && value !== "" ? value : null;
}
