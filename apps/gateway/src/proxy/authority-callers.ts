// authority-callers.ts runs for every request of a tenant without an auth filter: a caller who is known is known at once.
import { findCaller, type LiveEpochs, type TokenIssuer, type UserIdentities } from "@octavo/identity";
import type { IdentityPolicy, UserIdentity } from "@octavo/identity";
import type { Operator, RegistryView, Snapshot, Tenant, WriteIntent } from "@octavo/registry";
import {
  CALLER_TYPES,
  INVALID_TOKEN,
  inactiveUser,
  statusOf,
  subjectOf,
  TokenCache,
  unknownUser,
  type VerificationKeys,
  type VerifiedToken,
  verifyToken,
} from "@octavo/tokens";
import type { Log } from "../log.ts";
import type { CountedCache } from "../metrics/cache-metrics.ts";
import type { AuthorityDecision } from "./tenant-authority.ts";
import type { TenantView } from "./authority-tenant-view.ts";

export type Refused = Extract<AuthorityDecision, { kind: "refused" }>;

/** A caller whose token counts here and now. */
export interface KnownCaller {
  readonly kind: "known";
  /** What he has where no token is minted for the module: his own, or the system token that stands for an operator. */
  readonly token: string;
  readonly verified: VerifiedToken;
  /** His own, expanded; empty where the token is of no user. */
  readonly permissions: ReadonlySet<string>;
}

export interface CallerRequest {
  readonly snapshot: Snapshot;
  readonly tenant: Tenant;
  readonly view: TenantView;
  readonly token: string;
  /** Whether the request itself says which tenant it is for. */
  readonly namesTenant: boolean;
  readonly requestId: string | null;
}

export interface CallersParts {
  readonly registry: RegistryView;
  readonly keys: { readonly verification: VerificationKeys };
  readonly epochs: LiveEpochs;
  readonly issuer: TokenIssuer;
  readonly users: UserIdentities;
  readonly policy: IdentityPolicy;
  readonly audit: Audit;
  readonly log: Log;
}

/** Writes to the audit what changes no state. @returns false where it cannot be written now */
export type Audit = (intent: WriteIntent) => Promise<boolean>;

/** An operator who acts in a tenant, as long as his system token is kept. */
interface ActingOperator {
  readonly caller: KnownCaller;
  readonly renewAtMs: number;
}

const TOKENS = 20_000;
const ACTING = 1000;
const NONE: ReadonlySet<string> = new Set();

/** Finds out whose a token is and whether it still counts: signature and claims once, then epochs, session, module and user
 * each time. */
export class TenantCallers {
  readonly #parts: CallersParts;
  readonly #tokens = new TokenCache(TOKENS);
  readonly #acting = new Map<string, ActingOperator>();
  readonly #stop: () => void;
  #verifiedWith: VerificationKeys;
  #contactAtMs: number;

  constructor(parts: CallersParts) {
    this.#parts = parts;
    this.#verifiedWith = parts.keys.verification;
    // One that has started from a file, or from a parent without contact, knows what was ended until then only.
    const { clock, contact } = parts.registry;
    this.#contactAtMs = contact.isUp || contact.lastAt === null ? clock.now() : Date.parse(contact.lastAt);
    this.#stop = parts.registry.onRows(() => {
      if (parts.registry.contact.isUp) this.#contactAtMs = parts.registry.clock.now();
    });
  }

  get tokens(): CountedCache {
    return this.#tokens;
  }

  /** Answers at once where everything is known. */
  identify(request: CallerRequest, nowMs: number): KnownCaller | Refused | Promise<KnownCaller | Refused> {
    const { keys } = this.#parts;
    if (keys.verification !== this.#verifiedWith) {
      this.#verifiedWith = keys.verification;
      this.#tokens.clear();
    }
    const verified = this.#tokens.find(request.token, nowMs);
    if (verified !== null && verified.claims.tenant === request.tenant.id) {
      return this.#checked(request, verified, nowMs);
    }
    return this.#identifyNew(request, nowMs);
  }

  forget(): void {
    this.#tokens.clear();
    this.#acting.clear();
  }

  close(): void {
    this.#stop();
  }

  #identifyNew(request: CallerRequest, nowMs: number): ReturnType<TenantCallers["identify"]> {
    const { keys, policy, epochs, log } = this.#parts;
    const { token, tenant, snapshot } = request;
    const claims = verifyToken(token, keys.verification, {
      issuer: policy.issuer,
      types: CALLER_TYPES,
      tenantId: tenant.id,
      nowMs,
    });
    if (claims.ok) {
      const verified = this.#tokens.add(token, claims.value, epochs.ofTenant(tenant.id));
      return verified === null
        ? refused(statusOf.ended, INVALID_TOKEN)
        : this.#checked(request, verified, nowMs);
    }
    const caller = findCaller({ token, authorization: null }, snapshot.operators, "closed");
    if (caller.ok && caller.value.kind === "operator") {
      const operator = snapshot.operators.get(caller.value.operatorId);
      if (operator !== undefined) return this.#act(request, operator, nowMs);
    }
    log.debug({ tenantId: tenant.id, because: claims.error.message }, "token refused");
    return refused(statusOf[claims.error.kind], INVALID_TOKEN);
  }

  /** What may have changed since the token was verified. */
  #checked(
    request: CallerRequest,
    verified: VerifiedToken,
    nowMs: number,
  ): KnownCaller | Refused | Promise<KnownCaller | Refused> {
    const { claims } = verified;
    const { tenant, view, token, snapshot } = request;
    if (this.#isUnsure(claims.iat * 1000, nowMs)) return UNSURE;
    if (claims.type === "module" && !view.enabled.has(claims.module)) return refused(401, INVALID_TOKEN);
    const userId = "user_id" in claims ? claims.user_id : null;
    if (userId === null) return { kind: "known", token, verified, permissions: NONE };
    const epochs = snapshot.identityEpochs.get(tenant.id);
    const user = this.#parts.users.find(verified.subject, userId, epochs, nowMs);
    return user === null
      ? this.#readUser(request, verified, userId)
      : userCaller(token, verified, userId, user, nowMs);
  }

  async #readUser(
    { tenant, token }: CallerRequest,
    verified: VerifiedToken,
    userId: string,
  ): Promise<KnownCaller | Refused> {
    const { users, epochs, registry } = this.#parts;
    const user = await users.read(tenant.id, userId, verified.subject);
    if (!user.ok) return refused(503, user.error, 1);
    // While he was read his session or his tokens may have been ended.
    if (epochs.ofTenant(tenant.id).hasEnded(verified.claims)) return refused(statusOf.ended, INVALID_TOKEN);
    return userCaller(token, verified, userId, user.value, registry.clock.now());
  }

  /** Without contact it is not known what was ended meanwhile: after a while only tokens count that are younger. */
  #isUnsure(signedAtMs: number, nowMs: number): boolean {
    const isSilent = nowMs - this.#contactAtMs > this.#parts.policy.mostSilenceMs;
    return isSilent && signedAtMs <= this.#contactAtMs;
  }

  #act(
    request: CallerRequest,
    operator: Operator,
    nowMs: number,
  ): KnownCaller | Refused | Promise<KnownCaller | Refused> {
    const { tenant, namesTenant } = request;
    if (!operator.roles.includes("tenant-admin") && !operator.roles.includes("admin")) {
      return refused(
        403,
        `Operator ${operator.id} may not act in tenant ${tenant.id}: it needs one of the roles admin, tenant-admin`,
      );
    }
    if (!namesTenant) {
      return refused(400, "An operator acts in the tenant that X-Okapi-Tenant names. Send that header");
    }
    const key = `${operator.id}/${tenant.id}`;
    const acting = this.#acting.get(key);
    if (acting !== undefined && acting.renewAtMs > nowMs) {
      const hasEnded = this.#parts.epochs.ofTenant(tenant.id).hasEnded(acting.caller.verified.claims);
      if (!hasEnded) return acting.caller;
    }
    return this.#beginActing(request, operator, key);
  }

  /** The operator's own token never goes to a module; a system token stands for him. That he acts is in the audit before he
   * does. */
  async #beginActing(
    { tenant, requestId }: CallerRequest,
    operator: Operator,
    key: string,
  ): Promise<KnownCaller | Refused> {
    const { registry, issuer, policy, audit } = this.#parts;
    const actor = `operator:${operator.id}`;
    const intent = { actor, action: "tenants.operate", target: tenant.id, requestId, idempotency: null };
    if (!(await audit(intent))) {
      return refused(
        503,
        "That an operator acts in a tenant cannot be written to the audit now. Try again",
        1,
      );
    }
    const { token, claims } = issuer.system(tenant.id, actor);
    const verified = { claims, subject: subjectOf(claims) };
    const caller: KnownCaller = { kind: "known", token, verified, permissions: NONE };
    if (this.#acting.size >= ACTING) this.#acting.clear();
    const renewAtMs = registry.clock.now() + policy.ownLifeMs * policy.keptShare;
    this.#acting.set(key, { caller, renewAtMs });
    return caller;
  }
}

function userCaller(
  token: string,
  verified: VerifiedToken,
  userId: string,
  user: UserIdentity,
  nowMs: number,
): KnownCaller | Refused {
  switch (user.state) {
    case "active":
      if (user.expiresAtMs !== null && user.expiresAtMs <= nowMs) return refused(401, inactiveUser(userId));
      return { kind: "known", token, verified, permissions: user.permissions };
    case "inactive":
      return refused(401, inactiveUser(userId));
    case "unknown":
      return refused(401, unknownUser(userId));
    case "without-permissions":
      return refused(
        400,
        `Unable to retrieve permissions for user with id '${userId}': User does not exist: ${userId}`,
      );
  }
}

const UNSURE = refused(
  503,
  "Whether this token still counts cannot be said: the gateway has had no contact to its database for too long",
  5,
);

export function refused(
  status: Refused["status"],
  message: string,
  retryAfterSeconds: number | null = null,
): Refused {
  return { kind: "refused", status, message, retryAfterSeconds };
}
