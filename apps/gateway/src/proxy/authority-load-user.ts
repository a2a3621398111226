import type { LoadedUser, LoadUser, TokenIssuer } from "@octavo/identity";
import { isJsonArray, isJsonObject, type JsonObject, parseJson } from "@octavo/json";
import type { RegistryView } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { matchHandler } from "@octavo/routing";
import { NO_USER_PREFIX, permissionsHeader } from "@octavo/tokens";
import type { RoutePolicy, Upstreams } from "@octavo/upstream";
import type { Log } from "../log.ts";
import { requestIdFor } from "../management/request-id.ts";
import type { IdentityProvider, TenantView, TenantViews } from "./authority-tenant-view.ts";
import { runningModule } from "./running-module.ts";

export interface LoadUserParts {
  readonly registry: Pick<RegistryView, "snapshot">;
  readonly upstreams: Upstreams;
  readonly views: TenantViews;
  readonly issuer: TokenIssuer;
  /** X-Okapi-Url. */
  readonly url: string;
  readonly now: () => number;
  readonly log: Log;
}

const WITHIN_MS = 10_000;
/** Okapi's mod-authtoken keeps a user's permissions as long. */
const UNPUSHED_MS = 60_000;
const PUSHED_MS = 3_600_000;
const BODY_BYTES = 4 * 1024 * 1024;

/** Exactly what the two calls need, as mod-authtoken has it. */
const LOOK_UP_PERMISSIONS = [
  "users.item.get",
  "perms.users.get",
  "perms.permissions.collection.get",
  "perms.permissions.item.get",
];

/** Asks the modules of a tenant that provide `users` and `permissions` who a user is. A call goes to the module itself: by
 * the gateway's own front door it would ask for the very user that is being looked up.
 * @see mod-authtoken: UserService, ModulePermissionsSource */
export function createLoadUser(parts: LoadUserParts): LoadUser {
  return async (tenantId, userId) => {
    const { snapshot } = parts.registry;
    const tenant = snapshot.tenants.get(tenantId);
    if (tenant === undefined) return err(`No such Tenant ${tenantId}`);
    const view = parts.views.of(snapshot, tenant);
    const { users, permissionsOfUsers } = view;
    if (users === null) return err(noProvider(tenantId, "users"));
    if (permissionsOfUsers === null) return err(noProvider(tenantId, "permissions"));
    const id = encodeURIComponent(userId);
    const call = (provider: IdentityProvider, target: string) =>
      callProvider(parts, view, { tenantId, userId, provider, target });
    const [user, permissions] = await Promise.all([
      call(users, `/users/${id}`),
      call(permissionsOfUsers, `/perms/users/${id}/permissions?indexField=userId&expanded=true&full=false`),
    ]);
    if (!user.ok) return user;
    if (user.value === null) return ok({ kind: "unknown" });
    if (!permissions.ok) return permissions;
    if (permissions.value === null) return ok({ kind: "without-permissions" });
    const read = readUser(user.value, permissions.value, users.pushes && permissionsOfUsers.pushes);
    if (read.ok) return read;
    parts.log.warn({ tenantId, userId, because: read.error }, "user cannot be read");
    return err(unreadable(userId));
  };
}

interface ProviderCall {
  readonly tenantId: string;
  readonly userId: string;
  readonly provider: IdentityProvider;
  readonly target: string;
}

/** @returns null for 404, and an error for whatever is neither 200 nor 404 */
async function callProvider(
  parts: LoadUserParts,
  view: TenantView,
  { tenantId, userId, provider, target }: ProviderCall,
): Promise<Result<JsonObject | null, string>> {
  const { module, table } = provider;
  const fail = (because: string): Result<never, string> => {
    parts.log.warn({ tenantId, userId, moduleId: module.id, because }, "user cannot be read");
    return err(unreadable(userId));
  };
  const route = matchHandler(table, "GET", target, target.replace(/\?.*/s, "").length);
  if (route === null) return fail(`it has no route for GET ${target}`);
  const running = runningModule(parts.registry.snapshot, module.id);
  if (running === null) return fail("no instance of it is known");
  const sub = `${NO_USER_PREFIX}identity`;
  const caller = parts.issuer.dummy(tenantId, "dummy-expiring", sub, LOOK_UP_PERMISSIONS);
  const { modulePermissions } = route.entry;
  const { token } =
    modulePermissions === null
      ? caller
      : parts.issuer.module(caller.claims, module.id, view.extraPermissionsOf(route));
  const { plain } = view.ruleOf(route, "GET");
  const holder = { claims: caller.claims, ofUser: EMPTY, ofToken: new Set(LOOK_UP_PERMISSIONS) };
  const policy: RoutePolicy = {
    tenantId,
    firstByteMs: null,
    bodyIdleMs: null,
    deadline: parts.now() + WITHIN_MS,
    isRepeatable: true,
  };
  const answered = await parts.upstreams.send(
    running,
    {
      method: "GET",
      target,
      rawHeaders: [
        "Accept",
        "application/json",
        "X-Okapi-Url",
        parts.url,
        "X-Okapi-Tenant",
        tenantId,
        "X-Okapi-Token",
        token,
        "X-Okapi-Request-Id",
        requestIdFor(target, null),
        "X-Okapi-Permissions",
        permissionsHeader(plain, holder, view.permissions),
      ],
      body: null,
      contentLength: null,
      signal: new AbortController().signal,
    },
    policy,
  );
  if (!answered.ok) return fail(answered.error.detail);
  const { status, body } = answered.value;
  const bytes = await readAll(body);
  if (bytes === null) {
    answered.value.abandon();
    return fail(`its answer is broken, or longer than ${BODY_BYTES} bytes`);
  }
  if (status === 404) return ok(null);
  if (status !== 200) return fail(`it answered ${status}`);
  const json = parseJson(new TextDecoder().decode(bytes));
  return json.ok && isJsonObject(json.value) ? ok(json.value) : fail("its answer is no JSON object");
}

const EMPTY: ReadonlySet<string> = new Set();

async function readAll(body: { readAll(limit: number): Promise<Uint8Array | null> } | null) {
  try {
    return body === null ? new Uint8Array() : await body.readAll(BODY_BYTES);
  } catch {
    return null;
  }
}

function readUser(user: JsonObject, permissions: JsonObject, pushes: boolean): Result<LoadedUser, string> {
  const names = permissions.get("permissionNames") ?? null;
  if (!isJsonArray(names)) return err("permissionNames is no list");
  const texts = names.filter((name) => typeof name === "string");
  if (texts.length !== names.length) return err("permissionNames holds what is no text");
  const expiration = user.get("expirationDate");
  const expiresAtMs = typeof expiration === "string" ? Date.parse(expiration) : Number.NaN;
  return ok({
    kind: "user",
    // Without the field nobody is active.
    isActive: user.get("active") === true,
    expiresAtMs: Number.isNaN(expiresAtMs) ? null : expiresAtMs,
    permissions: texts,
    maxAgeMs: pushes ? PUSHED_MS : UNPUSHED_MS,
  });
}

function noProvider(tenantId: string, interfaceId: string): string {
  return `Users of tenant ${tenantId} cannot be checked: enable a module that provides the interface ${interfaceId}`;
}

function unreadable(userId: string): string {
  return `User ${userId} cannot be checked now, because a module does not answer as it should. Try again later`;
}
