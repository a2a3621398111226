// authority.ts runs for every request of a tenant without an auth filter: no await where everything is known, which is the
// usual case.
import type { IdentityPolicy, LiveEpochs, TokenIssuer } from "@octavo/identity";
import type { Route } from "@octavo/routing";
import {
  checkPermissions,
  isForPushes,
  ModuleTokenCache,
  type PermissionHolder,
  type PermissionRule,
  permissionsHeader,
  subjectOf,
  tenantPermissions,
} from "@octavo/tokens";
import type { CountedCache } from "../metrics/cache-metrics.ts";
import { type KnownCaller, refused, type Refused, type TenantCallers } from "./authority-callers.ts";
import { bringsRefreshCookie, provesOrigin } from "./authority-cookie.ts";
import type { RouteRule, TenantView, TenantViews } from "./authority-tenant-view.ts";
import { isInvocation } from "./invoke-tenant.ts";
import type { AuthorityDecision, AuthorityRequest, TenantAuthority } from "./tenant-authority.ts";

export interface AuthorityParts {
  readonly callers: TenantCallers;
  readonly views: TenantViews;
  readonly issuer: TokenIssuer;
  readonly epochs: LiveEpochs;
  readonly policy: IdentityPolicy;
  /** Origins whose pages may call with a cookie. */
  readonly origins: readonly string[];
  readonly now: () => number;
}

/** The token of nobody, one for all calls of a tenant's public routes while it lasts. */
interface Anonymous {
  readonly caller: KnownCaller;
  readonly renewAtMs: number;
}

const MODULE_TOKENS = 20_000;
const HEADERS_OF_SET = 4000;
const NONE: ReadonlySet<string> = new Set();

/** The gateway's own authority: who calls by tokens that it signed itself, what he may by the permissions that the tenant's
 * modules know of him, and a token for the module that is called.
 * @see docs/decisions/0008-tenant-identity.md */
export class OwnAuthority implements TenantAuthority {
  readonly #parts: AuthorityParts;
  readonly #moduleTokens = new ModuleTokenCache(MODULE_TOKENS);
  readonly #anonymous = new Map<string, Anonymous>();
  /** By the set, which users share, what a rule makes of it. */
  readonly #headers = new WeakMap<ReadonlySet<string>, Map<PermissionRule, string>>();

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  get moduleTokens(): CountedCache {
    return this.#moduleTokens;
  }

  decide(request: AuthorityRequest): AuthorityDecision | Promise<AuthorityDecision> {
    const { snapshot, tenant, head, token } = request;
    const nowMs = this.#parts.now();
    const view = this.#parts.views.of(snapshot, tenant);
    if (token === null) {
      const isForeign = bringsRefreshCookie(head) && !provesOrigin(head, this.#parts.origins);
      return isForeign ? CROSS_SITE : this.#forNobody(request, view, nowMs);
    }
    if (head.okapi.token === null && !provesOrigin(head, this.#parts.origins)) return CROSS_SITE;
    const caller = this.#parts.callers.identify(
      {
        snapshot,
        tenant,
        view,
        token,
        namesTenant: head.okapi.tenant !== null || isInvocation(head.path),
        requestId: head.okapi.requestId,
      },
      nowMs,
    );
    if (caller instanceof Promise) return this.#decideLater(request, view, caller);
    return caller.kind === "refused" ? caller : this.#forCaller(request, view, caller, nowMs);
  }

  /** Epochs may have gone back: nothing that was compared with them counts. */
  forget(): void {
    this.#moduleTokens.clear();
    this.#anonymous.clear();
  }

  async #decideLater(
    request: AuthorityRequest,
    view: TenantView,
    identified: Promise<KnownCaller | Refused>,
  ): Promise<AuthorityDecision> {
    const caller = await identified;
    return caller.kind === "refused" ? caller : this.#forCaller(request, view, caller, this.#parts.now());
  }

  #forNobody(request: AuthorityRequest, view: TenantView, nowMs: number): AuthorityDecision {
    const { route, tenant, head } = request;
    const rule = view.ruleOf(route, head.method).plain;
    const refusal = checkPermissions(rule, NOBODY, tenant.id);
    if (refusal !== null) return refused(refusal.status, refusal.message);
    return this.#allowed(route, view, rule, this.#anonymousOf(tenant.id, nowMs), NONE, nowMs);
  }

  #forCaller(
    { route, tenant, head, extraPermissions }: AuthorityRequest,
    view: TenantView,
    caller: KnownCaller,
    nowMs: number,
  ): AuthorityDecision {
    const { claims } = caller.verified;
    if (isForPushes(claims)) return ONLY_PUSHES;
    const isNobody = claims.type === "anonymous";
    const ofToken =
      extraPermissions.length === 0 || isNobody
        ? view.expandedOf(claims)
        : new Set([...view.expandedOf(claims), ...view.expand(extraPermissions)]);
    const rule = ruleFor(view.ruleOf(route, head.method), route, isNobody ? null : head.path, tenant.id);
    const holder: PermissionHolder = { claims, ofUser: caller.permissions, ofToken };
    const refusal = checkPermissions(rule, holder, tenant.id);
    if (refusal !== null) return refused(refusal.status, refusal.message);
    return this.#allowed(route, view, rule, caller, ofToken, nowMs);
  }

  #allowed(
    route: Route,
    view: TenantView,
    rule: PermissionRule,
    caller: KnownCaller,
    ofToken: ReadonlySet<string>,
    nowMs: number,
  ): AuthorityDecision {
    const { claims } = caller.verified;
    return {
      kind: "allowed",
      token:
        route.entry.modulePermissions === null ? caller.token : this.#moduleToken(route, view, caller, nowMs),
      userId: "user_id" in claims ? claims.user_id : null,
      permissions: this.#permissionsOf(rule, view, caller, ofToken),
    };
  }

  #permissionsOf(
    rule: PermissionRule,
    view: TenantView,
    { verified: { claims }, permissions }: KnownCaller,
    ofToken: ReadonlySet<string>,
  ): string {
    if (rule.wanted.size === 0 && rule.wantedGlobs.length === 0) return "[]";
    const isShared = claims.type !== "system" && ofToken.size === 0;
    const known = isShared ? this.#headers.get(permissions)?.get(rule) : undefined;
    if (known !== undefined) return known;
    const header = permissionsHeader(rule, { claims, ofUser: permissions, ofToken }, view.permissions);
    if (isShared) {
      const ofSet = this.#headers.get(permissions) ?? new Map<PermissionRule, string>();
      // Rules go when a tenant's modules change; a set of permissions may stay for years.
      if (ofSet.size >= HEADERS_OF_SET) ofSet.clear();
      this.#headers.set(permissions, ofSet.set(rule, header));
    }
    return header;
  }

  #moduleToken(route: Route, view: TenantView, { verified }: KnownCaller, nowMs: number): string {
    const known = this.#moduleTokens.find(verified.subject, route.entry, nowMs);
    return known ?? this.#mint(route, view, verified, nowMs);
  }

  #mint(route: Route, view: TenantView, { claims, subject }: KnownCaller["verified"], nowMs: number): string {
    const { issuer, epochs, policy } = this.#parts;
    const minted = issuer.module(claims, route.module.id, view.extraPermissionsOf(route));
    this.#moduleTokens.add({
      subject,
      entry: route.entry,
      claims: minted.claims,
      token: minted.token,
      renewAtMs: nowMs + policy.moduleLifeMs * policy.keptShare,
      epochs: epochs.ofTenant(claims.tenant),
    });
    return minted.token;
  }

  #anonymousOf(tenantId: string, nowMs: number): KnownCaller {
    const { issuer, epochs, policy } = this.#parts;
    const known = this.#anonymous.get(tenantId);
    if (known !== undefined && known.renewAtMs > nowMs) {
      if (!epochs.ofTenant(tenantId).hasEnded(known.caller.verified.claims)) return known.caller;
    }
    const { token, claims } = issuer.anonymous(tenantId);
    const verified = { claims, subject: subjectOf(claims) };
    const caller: KnownCaller = { kind: "known", token, verified, permissions: NONE };
    this.#anonymous.set(tenantId, { caller, renewAtMs: nowMs + policy.ownLifeMs * policy.keptShare });
    return caller;
  }
}

const NOBODY: PermissionHolder = { claims: null, ofUser: NONE, ofToken: NONE };

const ONLY_PUSHES = refused(403, "This token tells gateways of changed users and opens nothing else");

const CROSS_SITE = refused(
  403,
  "This call carries its token in a cookie and comes from a page of another site. Send X-Okapi-Token, or let an operator " +
    "list the page's origin in OCTAVO_CORS_ORIGINS",
);

/** @param path null where the caller has no token */
function ruleFor({ plain, ofTenant }: RouteRule, route: Route, path: string | null, tenantId: string) {
  if (ofTenant === null || path === null) return plain;
  return tenantPermissions(route.entry, path, tenantId) === null ? plain : ofTenant;
}
