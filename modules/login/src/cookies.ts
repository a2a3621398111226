import type { SameSite } from "./login-config.ts";

/** The answer to POST /token/sign and POST /token/refresh. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessTokenExpiration: string;
  readonly refreshTokenExpiration: string;
}

export interface CookieSurroundings {
  readonly sameSite: SameSite;
  /** Its path goes before the cookies' own; null: none. */
  readonly gatewayUrl: string | null;
  readonly nowMs: number;
}

/** The two cookies of mod-login, attribute by attribute. */
export function tokenCookies(pair: TokenPair, surroundings: CookieSurroundings): readonly string[] {
  const base = basePath(surroundings.gatewayUrl);
  return [
    cookie("folioAccessToken", pair.accessToken, pair.accessTokenExpiration, `${base}/`, surroundings),
    cookie(
      "folioRefreshToken",
      pair.refreshToken,
      pair.refreshTokenExpiration,
      `${base}/authn`,
      surroundings,
    ),
  ];
}

/** @returns what makes a browser forget them */
export function endedCookies(gatewayUrl: string | null): readonly string[] {
  const base = basePath(gatewayUrl);
  const ended = (name: string, path: string): string =>
    `${name}=; SameSite=None; Secure; Path=${path}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`;
  return [ended("folioAccessToken", `${base}/`), ended("folioRefreshToken", `${base}/authn`)];
}

/** @returns null where it is not there, or there twice: then nobody knows which is meant */
export function refreshTokenOf(cookieHeader: string): string | null {
  const values = cookieHeader
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith("folioRefreshToken="))
    .map((pair) => pair.slice("folioRefreshToken=".length).replace(/^"(.*)"$/u, "$1"));
  const [value, second] = values;
  return value === undefined || value === "" || second !== undefined ? null : value;
}

function cookie(
  name: string,
  value: string,
  expiration: string,
  path: string,
  { sameSite, nowMs }: CookieSurroundings,
): string {
  const seconds = Math.floor(Date.parse(expiration) / 1000) - Math.floor(nowMs / 1000);
  if (!(seconds >= 1)) throw new Error(`the token of ${name} has ended before it could be sent`); // RFC 6265: Max-Age is 1 at least
  const expires = new Date(nowMs + seconds * 1000).toUTCString();
  return `${name}=${value}; Max-Age=${seconds}; Expires=${expires}; Path=${path}; Secure; HTTPOnly; SameSite=${sameSite}`;
}

function basePath(gatewayUrl: string | null): string {
  return gatewayUrl === null ? "" : (URL.parse(gatewayUrl)?.pathname ?? "").replace(/\/$/u, "");
}
