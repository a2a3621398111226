import {
  defaultIdentityPolicy,
  type IdentityPolicy,
  type IdentityRows,
  LiveEpochs,
  type SigningKeys,
  TokenIssuer,
  UserIdentities,
} from "@octavo/identity";
import type { RegistryView } from "@octavo/registry";
import type { Upstreams } from "@octavo/upstream";
import type { GatewayConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { NamedCaches } from "../metrics/cache-metrics.ts";
import { type Audit, TenantCallers } from "./authority-callers.ts";
import { createLoadUser } from "./authority-load-user.ts";
import { TenantViews } from "./authority-tenant-view.ts";
import { OwnAuthority } from "./authority.ts";
import { openAuthority } from "./open-authority.ts";
import type { TenantAuthority } from "./tenant-authority.ts";

export interface AuthorityCoreParts {
  readonly registry: RegistryView;
  readonly rows: IdentityRows;
  readonly keys: SigningKeys;
  readonly audit: Audit;
  /** X-Okapi-Url. */
  readonly url: string;
  readonly log: Log;
  readonly policy?: IdentityPolicy;
}

/** What decides, once modules can be asked. */
export interface Deciding {
  readonly authority: TenantAuthority;
  readonly callers: TenantCallers;
  readonly users: UserIdentities;
  readonly caches: NamedCaches;
}

const USERS = 50_000;

/** The part of the authority that works in memory and writes nothing: it is in every process that serves tenants. */
export class AuthorityCore {
  readonly views = new TenantViews();
  readonly epochs: LiveEpochs;
  readonly issuer: TokenIssuer;
  readonly policy: IdentityPolicy;
  readonly keys: SigningKeys;
  readonly #parts: AuthorityCoreParts;
  #forget = (): void => undefined;
  #callers: TenantCallers | null = null;

  private constructor(parts: AuthorityCoreParts) {
    const { registry, rows, keys, policy = defaultIdentityPolicy } = parts;
    this.#parts = parts;
    this.policy = policy;
    this.keys = keys;
    this.epochs = new LiveEpochs(registry, rows, policy.refresh.accessLifeMs, () => this.#forget());
    const epochsOf = (tenantId: string) => this.epochs.ofTenant(tenantId);
    this.issuer = new TokenIssuer({ keys, epochsOf, policy, now: this.#now });
  }

  /** Resolves when it knows what has ended so far. */
  static async create(parts: AuthorityCoreParts): Promise<AuthorityCore> {
    const core = new AuthorityCore(parts);
    await core.epochs.look();
    return core;
  }

  start(config: Pick<GatewayConfig, "corsOrigins" | "managementAuth">, upstreams: Upstreams): Deciding {
    const { registry, url, audit, log } = this.#parts;
    const { views, issuer, epochs, keys, policy } = this;
    const now = this.#now;
    const load = createLoadUser({ registry, upstreams, views, issuer, url, now, log });
    const users = new UserIdentities({
      load,
      epochsOf: (tenantId) => registry.snapshot.identityEpochs.get(tenantId),
      now,
      size: USERS,
    });
    const callers = new TenantCallers({ registry, keys, epochs, issuer, users, policy, audit, log });
    const origins = config.corsOrigins;
    const own = new OwnAuthority({ callers, views, issuer, epochs, policy, origins, now });
    this.#callers = callers;
    this.#forget = () => {
      callers.forget();
      own.forget();
      users.clear();
    };
    const caches = { token: callers.tokens, user: users, module_token: own.moduleTokens };
    return { authority: config.managementAuth === "open" ? openAuthority : own, callers, users, caches };
  }

  close(): void {
    this.#callers?.close();
    this.epochs.close();
    this.keys.close();
  }

  readonly #now = (): number => this.#parts.registry.clock.now();
}
