import type { ModuleDescriptor } from "@octavo/descriptor";
import { isJsonArray, isJsonObject } from "@octavo/json";

export interface PublicRoute {
  readonly method: string;
  readonly path: string;
  readonly moduleId: string;
}

/** Routes that are open without a token wherever a module has them: signing in and out, and a forgotten password
 * (DECISIONS 1). An empty permissionsRequired alone does not open a route. */
const shipped: ReadonlySet<string> = new Set([
  "POST /authn/login",
  "POST /authn/login-with-expiry",
  "POST /authn/refresh",
  "POST /authn/logout",
  "POST /bl-users/login",
  "POST /bl-users/login-with-expiry",
  "POST /bl-users/forgotten/password",
  "POST /bl-users/forgotten/username",
  "POST /bl-users/password-reset/validate",
  "POST /bl-users/password-reset/reset",
  "GET /saml/check",
  "POST /saml/login",
  "POST /saml/callback",
  "POST /saml/callback-with-expiry",
]);

/** What of a module is open without a token: shipped routes, and those that its descriptor names under
 * `metadata.octavo.public`. */
export function publicRoutesOf(module: ModuleDescriptor): readonly PublicRoute[] {
  const declared = declaredPublic(module);
  return module.provides
    .filter(({ type }) => type === "proxy" || type === "multiple")
    .flatMap(({ handlers }) => handlers)
    .flatMap((handler) => {
      const path = handler.pathPattern ?? handler.path ?? "";
      return handler.methods.map((method) => ({ method, path, moduleId: module.id }));
    })
    .filter(({ method, path }) => shipped.has(`${method} ${path}`) || declared.has(`${method} ${path}`));
}

function declaredPublic(module: ModuleDescriptor): ReadonlySet<string> {
  const octavo = module.metadata?.get("octavo") ?? null;
  const listed = isJsonObject(octavo) ? (octavo.get("public") ?? null) : null;
  return new Set(isJsonArray(listed) ? listed.filter((item) => typeof item === "string") : []);
}
