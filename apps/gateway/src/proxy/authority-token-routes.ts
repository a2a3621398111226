import {
  type SessionStore,
  signOutEverywhere,
  type TokenIssuer,
  type UserIdentities,
} from "@octavo/identity";
import type { IdentityPolicy, LiveEpochs } from "@octavo/identity";
import { type JsonObject, parseJson, printCompact } from "@octavo/json";
import type { Registry, WriteError } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { pathEnd } from "@octavo/routing";
import {
  type Claims,
  INVALID_TOKEN,
  isForPushes,
  mayCallTokenRoute,
  parseRefreshRequest,
  parseSignRefreshRequest,
  parseSignRequest,
  type PresentedRefresh,
  PUSH_ACTOR,
  printToken,
  printTokenPair,
  type RefreshClaims,
  statusOf,
  type TokenRoute,
  tokenRoutes,
  type VerificationKeys,
  verifyToken,
} from "@octavo/tokens";
import type { Log } from "../log.ts";
import type { KnownCaller, Refused, TenantCallers } from "./authority-callers.ts";
import type { TenantViews } from "./authority-tenant-view.ts";
import { isInvocation } from "./invoke-tenant.ts";
import type { ModuleRequest } from "./module-request.ts";
import type { OwnRoutes } from "./own-routes.ts";
import { refuse } from "./refuse.ts";

export interface TokenRoutesParts {
  readonly registry: Registry;
  readonly callers: TenantCallers;
  readonly views: TenantViews;
  readonly keys: { readonly verification: VerificationKeys };
  readonly issuer: TokenIssuer;
  readonly sessions: SessionStore;
  readonly epochs: LiveEpochs;
  readonly users: UserIdentities;
  readonly policy: IdentityPolicy;
  /** Everybody may do everything (OCTAVO_MANAGEMENT_AUTH=open). */
  readonly isOpen: boolean;
  readonly log: Log;
}

interface Failure {
  readonly status: 400 | 401 | 403 | 413 | 503;
  readonly message: string;
  readonly retryAfterSeconds?: number | null;
}

/** JSON with status 201; null is 204. */
type Outcome = Result<JsonObject | null, Failure>;

const BODY_BYTES = 64 * 1024;

/** The interfaces `authtoken` 2.0 and `authtoken2` 1.0, for tenants of whom no module provides them (DECISIONS 7).
 * @see packages/tokens/src/token-routes.ts */
export class TokenRoutes implements OwnRoutes {
  readonly #parts: TokenRoutesParts;

  constructor(parts: TokenRoutesParts) {
    this.#parts = parts;
  }

  serve(request: ModuleRequest): Promise<void> | null {
    const route = tokenRouteOf(request);
    return route === null ? null : this.#answer(request, route);
  }

  async #answer(request: ModuleRequest, route: TokenRoute): Promise<void> {
    const outcome = await this.#carryOut(request, route);
    if (!outcome.ok) {
      const { status, message, retryAfterSeconds } = outcome.error;
      refuse(request, status === 413 ? "body" : "auth", status, message, retryAfterSeconds ?? null);
      return;
    }
    const headers = [...request.corsHeaders, "X-Octavo-Request-Id", request.requestId];
    if (outcome.value === null) request.sink.send(204, headers, "");
    else {
      const secret = ["Content-Type", "application/json", "Cache-Control", "no-store"];
      request.sink.send(201, [...secret, ...headers], printCompact(outcome.value));
    }
  }

  async #carryOut(request: ModuleRequest, route: TokenRoute): Promise<Outcome> {
    const caller = route.pathPattern === "/token/invalidate" ? null : await this.#callerOf(request);
    if (caller?.kind === "refused" && !this.#parts.isOpen) return err(caller);
    const claims = caller?.kind === "known" ? caller.verified.claims : null;
    const allowed = this.#mayCall(request, route, claims);
    if (!allowed.ok) return err({ status: 401, message: allowed.error });
    const bytes = await request.body.readAll(BODY_BYTES);
    if (bytes === null) return err({ status: 413, message: `The body is larger than ${BODY_BYTES} bytes` });
    const text = new TextDecoder().decode(bytes);
    const tenantId = request.tenant.id;
    switch (route.pathPattern) {
      case "/token":
        return this.#signLegacy(tenantId, text);
      case "/token/sign":
        return this.#sign(tenantId, text);
      case "/refreshtoken":
        return this.#signRefresh(tenantId, text);
      case "/token/refresh":
        return this.#refresh(tenantId, text);
      case "/token/invalidate":
        return this.#signOut(tenantId, text);
      case "/token/identity-pushes":
        return this.#signPushes(request, claims);
      default:
        return this.#signOutEverywhere(request, claims);
    }
  }

  /** @returns null for a request without a token */
  async #callerOf(request: ModuleRequest): Promise<KnownCaller | Refused | null> {
    const { snapshot, tenant, token, head } = request;
    if (token === null) return null;
    const { callers, views, registry } = this.#parts;
    const namesTenant = head.okapi.tenant !== null || isInvocation(head.path);
    const view = views.of(snapshot, tenant);
    const known = { snapshot, tenant, view, token, namesTenant, requestId: head.okapi.requestId };
    return callers.identify(known, registry.clock.now());
  }

  /** Only what a module's descriptor gives it counts: not a user's permissions, and not an operator's role. */
  #mayCall({ snapshot, tenant }: ModuleRequest, route: TokenRoute, claims: Claims | null) {
    if (this.#parts.isOpen) return ok(null);
    const view = this.#parts.views.of(snapshot, tenant);
    return mayCallTokenRoute(route, claims?.type === "module" ? view.expandedOf(claims) : NOTHING);
  }

  #signLegacy(tenantId: string, text: string): Outcome {
    const asked = parsed(text, parseSignRequest);
    if (!asked.ok) return asked;
    const { issuer, users } = this.#parts;
    if (asked.value.kind === "dummy") {
      const { sub, extraPermissions } = asked.value;
      return ok(printToken(issuer.dummy(tenantId, "dummy", sub, extraPermissions).token));
    }
    users.forget(`${tenantId}/user:${asked.value.userId}`);
    return ok(printToken(issuer.legacy(tenantId, asked.value)));
  }

  async #sign(tenantId: string, text: string): Promise<Outcome> {
    const asked = parsed(text, parseSignRequest);
    if (!asked.ok) return asked;
    const { issuer, sessions, users } = this.#parts;
    if (asked.value.kind === "dummy") {
      const { sub, extraPermissions } = asked.value;
      return ok(printToken(issuer.dummy(tenantId, "dummy-expiring", sub, extraPermissions).token));
    }
    const session = await sessions.open(tenantId, asked.value.userId);
    if (!session.ok) return err(notNow(session.error));
    users.forget(`${tenantId}/user:${asked.value.userId}`);
    return ok(printTokenPair(issuer.pair(tenantId, asked.value, session.value)));
  }

  async #signRefresh(tenantId: string, text: string): Promise<Outcome> {
    const asked = parsed(text, parseSignRefreshRequest);
    if (!asked.ok) return asked;
    if (asked.value.kind !== "user") return err({ status: 400, message: "the body has no user" });
    const session = await this.#parts.sessions.open(tenantId, asked.value.userId);
    if (!session.ok) return err(notNow(session.error));
    const { refreshToken } = this.#parts.issuer.pair(tenantId, asked.value, session.value);
    return ok(new Map([["refreshToken", refreshToken]]));
  }

  async #refresh(tenantId: string, text: string): Promise<Outcome> {
    const presented = this.#presented(tenantId, text);
    if (!presented.ok) return presented;
    const { claims, family } = presented.value;
    const { users, sessions, issuer, log, epochs } = this.#parts;
    if (epochs.ofTenant(tenantId).hasEnded(claims)) return err(INVALID);
    const user = await users.read(tenantId, claims.user_id, `${tenantId}/user:${claims.user_id}`);
    if (!user.ok) return err({ status: 503, message: user.error, retryAfterSeconds: 1 });
    if (user.value.state === "inactive" || user.value.state === "unknown") return err(INVALID);
    const answer = await sessions.refresh(family);
    if (!answer.ok) return err(notNow(answer.error));
    if (answer.value.kind === "refused") {
      const { reason, because } = answer.value;
      log.info(
        { tenantId, userId: claims.user_id, sessionId: claims.sid, reason, because },
        "refresh refused",
      );
      if (reason === "reused") await epochs.look();
      return err(INVALID);
    }
    const { successor } = answer.value;
    return ok(
      printTokenPair(issuer.pair(tenantId, { userId: claims.user_id, username: claims.sub }, successor)),
    );
  }

  /** Also with a token that has expired, and as often as it is asked for. */
  async #signOut(tenantId: string, text: string): Promise<Outcome> {
    const presented = this.#presented(tenantId, text);
    if (!presented.ok) return presented.error === EXPIRED ? ok(null) : presented;
    const done = await this.#parts.sessions.signOut(presented.value.family);
    if (!done.ok) return err(notNow(done.error));
    // Here at once; the others have been told by the transaction.
    await this.#parts.epochs.look();
    return ok(null);
  }

  async #signOutEverywhere({ tenant, requestId }: ModuleRequest, claims: Claims | null): Promise<Outcome> {
    const userId = claims !== null && "user_id" in claims ? claims.user_id : null;
    if (userId === null) return err(INVALID);
    const intent = {
      actor: `user:${tenant.id}/${userId}`,
      action: "sessions.endAll",
      target: `${tenant.id}/${userId}`,
      requestId,
      idempotency: null,
    };
    const done = await signOutEverywhere(this.#parts.registry, intent, tenant.id, userId);
    if (done.ok) return ok(null);
    if (done.error === "no-tenant") return err({ status: 400, message: `No such Tenant ${tenant.id}` });
    return err(notNow(done.error));
  }

  /** For a module that keeps a change of users until gateways know it: a token that says such changes, and that asks for no further one. */
  #signPushes({ snapshot, tenant }: ModuleRequest, claims: Claims | null): Outcome {
    const moduleId = claims?.type === "module" || claims?.type === "system" ? claims.module : null;
    const provided = moduleId === null ? [] : this.#parts.views.of(snapshot, tenant).interfacesOf(moduleId);
    const provides = provided.includes("users") || provided.includes("permissions");
    if (moduleId === null || claims === null || isForPushes(claims) || !provides) {
      return err({ status: 403, message: "Only a module that provides users or permissions tells of users" });
    }
    return ok(printToken(this.#parts.issuer.systemCall(tenant.id, PUSH_ACTOR, moduleId, [])));
  }

  #presented(
    tenantId: string,
    text: string,
  ): Result<{ readonly claims: RefreshClaims; readonly family: PresentedRefresh }, Failure> {
    const token = parsed(text, parseRefreshRequest);
    if (!token.ok) return token;
    const { keys, policy, registry, log } = this.#parts;
    const verified = verifyToken(token.value, keys.verification, {
      issuer: policy.issuer,
      types: ["refresh"],
      tenantId,
      nowMs: registry.clock.now(),
    });
    if (!verified.ok) {
      log.info({ tenantId, because: verified.error.message }, "refresh refused");
      if (verified.error.kind === "expired") return err(EXPIRED);
      return err({ status: statusOf[verified.error.kind], message: INVALID_TOKEN });
    }
    const claims = verified.value;
    if (claims.type !== "refresh") return err(INVALID);
    const family = {
      familyId: claims.sid,
      generation: claims.gen,
      tenantId: claims.tenant,
      userId: claims.user_id,
      expiresAt: claims.exp * 1000,
    };
    return ok({ claims, family });
  }
}

/** The route of these interfaces that a request is for. */
export function tokenRouteOf({ head, target }: Pick<ModuleRequest, "head" | "target">): TokenRoute | null {
  if (head.method !== "POST") return null;
  const path = target.slice(0, pathEnd(target));
  return tokenRoutes.find(({ pathPattern }) => pathPattern === path) ?? null;
}

const NOTHING: ReadonlySet<string> = new Set();
const INVALID: Failure = { status: 401, message: INVALID_TOKEN };
const EXPIRED: Failure = { status: 401, message: INVALID_TOKEN };

function parsed<T>(
  text: string,
  parse: (body: NonNullable<ReturnType<typeof jsonOf>>) => Result<T, string>,
): Result<T, Failure> {
  const json = jsonOf(text);
  if (json === null) return err({ status: 400, message: "The body is not JSON" });
  const value = parse(json);
  return value.ok ? value : err({ status: 400, message: `The body is not as it should be: ${value.error}` });
}

function jsonOf(text: string) {
  const json = parseJson(text);
  return json.ok ? json.value : null;
}

/** A store that is away ends no session: the client may try again with what it has. */
function notNow(error: WriteError): Failure {
  const retryAfterSeconds = error.kind === "unavailable" ? error.retryAfterSeconds : null;
  return {
    status: 503,
    message: "Sessions cannot be stored now: the database cannot be reached. Try again with the same token",
    retryAfterSeconds,
  };
}
