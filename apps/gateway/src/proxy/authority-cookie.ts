import { type CheckedHead, headerOf, headersOf } from "@octavo/http-wire";

/** A browser sends a cookie for whoever asks, so a call that changes something and has its token there must come from a
 * page that may: the gateway's own site, or one that the operator has listed. Browsers say where a call comes from, and no
 * page can change what they say; a program that is no browser says nothing and has no cookies but its own.
 * @returns true also where the token came in a header, which no foreign page can set
 * @see reliability.md 6, row 12 */
export function provesOrigin(head: CheckedHead, origins: readonly string[]): boolean {
  if (isSafe(head.method) || headerOf(head.headers, "authorization") !== null) return true;
  const origin = headerOf(head.headers, "origin");
  const site = headerOf(head.headers, "sec-fetch-site");
  if (site === "same-origin") return true;
  if (origin === null) return site === null || site === "none";
  if (origins.includes(origin)) return true;
  return site === null && head.host !== null && hostOf(origin) === head.host.toLowerCase();
}

/** Whether a call without a token comes with the refresh token, with which sessions are renewed and ended: it has to prove its origin as well. */
export function bringsRefreshCookie(head: CheckedHead): boolean {
  return (
    !isSafe(head.method) &&
    headersOf(head.headers, "cookie").some((cookie) => cookie.includes(REFRESH_COOKIE))
  );
}

/** Of mod-login, and of ours. */
const REFRESH_COOKIE = "folioRefreshToken=";

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/** @returns null for "null", which is what a page says that has no origin */
function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}
