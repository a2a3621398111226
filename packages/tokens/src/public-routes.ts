/** A route that may be called without a token. It waives the token, never a permission: what a route requires is required
 * of everybody, and nobody has none. */
export interface PublicRoute {
  readonly method: string;
  readonly pathPattern: string;
  readonly reason: string;
}

/** "POST /path" of a descriptor's metadata.octavo.public, or of the operator's list for a tenant. */
export type PublicRouteLine = string;

/** Where the routes of one tenant are listed besides the shipped ones: by the modules that it has, and by the operator. */
export interface PublicLists {
  readonly descriptors: ReadonlySet<PublicRouteLine>;
  readonly operator: ReadonlySet<PublicRouteLine>;
}

/** Those of release A that somebody who has not signed in needs. Not among them: POST /authn/logout-all (without a token
 * nobody says whose sessions end), POST /authn/update (a signed-in user's), and the password-reset routes, which the link
 * in the mail calls with a token that holds their permissions. */
export const shippedPublicRoutes: readonly PublicRoute[] = [
  { method: "POST", pathPattern: "/authn/login", reason: "sign-in" },
  { method: "POST", pathPattern: "/authn/login-with-expiry", reason: "sign-in" },
  { method: "POST", pathPattern: "/bl-users/login", reason: "sign-in" },
  { method: "POST", pathPattern: "/bl-users/login-with-expiry", reason: "sign-in" },
  {
    method: "POST",
    pathPattern: "/authn/refresh",
    reason: "the access token has expired; the refresh token in its cookie is the proof",
  },
  {
    method: "POST",
    pathPattern: "/authn/logout",
    reason: "the access token may have expired; the refresh token in its cookie is the proof",
  },
  {
    method: "POST",
    pathPattern: "/token/invalidate",
    reason: "called by logout; the refresh token in the body is the proof",
  },
  { method: "GET", pathPattern: "/saml/check", reason: "the sign-in page asks whether to offer SAML" },
  { method: "POST", pathPattern: "/saml/login", reason: "sign-in by SAML begins" },
  {
    method: "POST",
    pathPattern: "/saml/callback",
    reason: "sign-in by SAML ends; the identity provider's signature is the proof",
  },
  {
    method: "POST",
    pathPattern: "/saml/callback-with-expiry",
    reason: "sign-in by SAML ends; the identity provider's signature is the proof",
  },
  { method: "POST", pathPattern: "/bl-users/forgotten/password", reason: "asks for a link by mail" },
  { method: "POST", pathPattern: "/bl-users/forgotten/username", reason: "asks for a mail" },
];

const shipped: ReadonlySet<PublicRouteLine> = new Set(
  shippedPublicRoutes.map(({ method, pathPattern }) => `${method} ${pathPattern}`),
);

/** Decided by the pattern of the matched route, not by the path: nothing in a path can lead into or out of the list.
 * Meant for compiling a rule once for each route, not for each request. */
export function isPublic(
  method: string,
  pathPattern: string,
  { descriptors, operator }: PublicLists,
): boolean {
  const line = `${method} ${pathPattern}`;
  return shipped.has(line) || descriptors.has(line) || operator.has(line);
}
