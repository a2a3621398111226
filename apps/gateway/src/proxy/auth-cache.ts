import type { Route, Stage } from "@octavo/routing";
import type { TenantRoutes } from "./routes-of-snapshot.ts";

/** What a tenant's auth filter said of a token on a route. */
export interface AuthDecision {
  readonly userId: string | null;
  readonly permissions: string | null;
  /** What each stage's module is given, by module id; "_" for those that are not named. */
  readonly tokens: ReadonlyMap<string, string | null>;
}

interface Entry {
  readonly decision: AuthDecision;
  readonly routes: TenantRoutes;
  readonly stages: readonly Stage[];
  readonly expiresAt: number;
}

/** Remembers what auth filters decided, for as long and by what Okapi's token cache does: tenant, method, path pattern,
 * token. Unlike there, an entry ends when the tenant's enabled modules change, and holds only for the same filters, which
 * may require permissions of their own. The least recently used one goes. */
export class AuthCache {
  readonly #entries = new Map<string, Entry>();
  readonly #size: number;
  readonly #lifeMs: number;
  /** Look-ups that found a decision, and those that did not. */
  hits = 0;
  misses = 0;

  constructor(size = 10_000, lifeMs = 180_000) {
    this.#size = size;
    this.#lifeMs = lifeMs;
  }

  /** @param now milliseconds of a clock that never goes back */
  find(key: string, routes: TenantRoutes, stages: readonly Stage[], now: number): AuthDecision | null {
    const found = this.#find(key, routes, stages, now);
    if (found === null) this.misses += 1;
    else this.hits += 1;
    return found;
  }

  #find(key: string, routes: TenantRoutes, stages: readonly Stage[], now: number): AuthDecision | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    if (entry.expiresAt <= now || entry.routes !== routes) return null;
    this.#entries.set(key, entry);
    return haveSameRoutes(entry.stages, stages) ? entry.decision : null;
  }

  keep(
    key: string,
    routes: TenantRoutes,
    stages: readonly Stage[],
    decision: AuthDecision,
    now: number,
  ): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#size) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { decision, routes, stages, expiresAt: now + this.#lifeMs });
  }

  get count(): number {
    return this.#entries.size;
  }
}

function haveSameRoutes(a: readonly Stage[], b: readonly Stage[]): boolean {
  return a.length === b.length && a.every((stage, at) => stage.route === b[at]?.route);
}

/** Okapi: ProxyService.getTokenPath. The path itself counts where permissions of any stage depend on it. No part but the
 * last can hold a line break. */
export function authCacheKey(
  tenantId: string,
  method: string,
  stages: readonly Stage[],
  handler: Route,
  path: string,
  token: string,
): string {
  const { pathPattern } = handler.entry;
  const dependsOnPath = stages.some(({ route }) => route.entry.permissionsRequiredTenant !== null);
  const place = pathPattern === null || dependsOnPath ? path : pathPattern;
  return `${tenantId}\n${method}\n${place}\n${token}`;
}
