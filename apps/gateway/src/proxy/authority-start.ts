import {
  type Caller,
  type IdentityRows,
  type IdentityPolicy,
  KeyRotation,
  SessionStore,
  SigningKeys,
} from "@octavo/identity";
import type { Registry, Snapshot, WriteIntent } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import { isForPushes, readUnverified } from "@octavo/tokens";
import type { Upstreams } from "@octavo/upstream";
import type { Platform } from "../management/platform.ts";
import type { TokenForSystemCall } from "../lifecycle/system-call.ts";
import type { NamedCaches } from "../metrics/cache-metrics.ts";
import type { KnownCaller, TenantCallers } from "./authority-callers.ts";
import { AuthorityCore } from "./authority-core.ts";
import type { TenantViews } from "./authority-tenant-view.ts";
import { TokenRoutes } from "./authority-token-routes.ts";
import type { OwnRoutes } from "./own-routes.ts";
import type { TenantAuthority } from "./tenant-authority.ts";

/** The gateway as an authority for its tenants' tokens, running. */
export interface RunningAuthority {
  readonly authority: TenantAuthority;
  readonly ownRoutes: OwnRoutes;
  /** Whose token of a tenant this is, for the management API; null where it is none that counts. */
  callerOf(token: string): Promise<Caller | null>;
  /** What a module gets that the gateway calls by itself: a system token that it holds, with just these permissions. */
  readonly tokenForSystemCall: TokenForSystemCall;
  readonly caches: NamedCaches;
  close(): void;
}

/** What has to be there before the gateway listens: keys that it can open, and what has ended tokens so far. */
export interface PreparedAuthority {
  start(platform: Platform, upstreams: Upstreams): RunningAuthority;
  close(): void;
}

/** @param octavoKey 32 bytes
 * @returns as the error, why the gateway must not start */
export async function prepareAuthority(
  {
    registry,
    log,
    instance,
    rows,
  }: Pick<Platform, "registry" | "log" | "instance"> & { readonly rows: IdentityRows },
  octavoKey: Uint8Array,
  policy: IdentityPolicy,
): Promise<Result<PreparedAuthority, string>> {
  const onProblem = (because: string): void => log.error({ because }, "signing keys need an operator");
  const opened = await SigningKeys.open(registry, octavoKey, onProblem, rows);
  if (!opened.ok) return opened;
  const core = await AuthorityCore.create({
    registry,
    rows,
    keys: opened.value,
    audit: (intent) => audited(registry, intent),
    url: instance.url,
    log,
    policy,
  });
  const rotation = new KeyRotation({
    registry,
    octavoKey,
    instanceId: instance.id,
    policy: policy.rotation,
    onProblem,
  });
  const close = (): void => {
    rotation.close();
    core.close();
  };
  return ok({
    close,
    start: ({ config }, upstreams) => {
      const { authority, callers, users, caches } = core.start(config, upstreams);
      const { views, keys, issuer, epochs } = core;
      const isOpen = config.managementAuth === "open";
      const sessions = new SessionStore(registry, policy.refresh);
      const ownRoutes = new TokenRoutes({
        registry,
        callers,
        views,
        keys,
        issuer,
        sessions,
        epochs,
        users,
        policy,
        isOpen,
        log,
      });
      rotation.start();
      const stopSweeping = sweepEvery(600_000, () => sessions.sweep(instance.id));
      return {
        authority,
        ownRoutes,
        caches,
        tokenForSystemCall: (tenantId, actor, moduleId, permissions) =>
          issuer.systemCall(tenantId, actor, moduleId, permissions),
        callerOf: (token) => tenantCaller(token, registry.snapshot, callers, views, registry.clock.now()),
        close: () => {
          stopSweeping();
          close();
        },
      };
    },
  });
}

export async function audited(registry: Registry, intent: WriteIntent): Promise<boolean> {
  const written = await registry.write<never>(intent, () => ok({ changes: [], answer: "{}" }));
  return written.ok;
}

function sweepEvery(everyMs: number, sweep: () => Promise<unknown>): () => void {
  const timer = setInterval(() => void sweep(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

async function tenantCaller(
  token: string,
  snapshot: Snapshot,
  callers: TenantCallers,
  views: TenantViews,
  nowMs: number,
): Promise<Caller | null> {
  const claimed = readUnverified(token);
  const tenant = claimed.ok ? snapshot.tenants.get(claimed.value.tenantId ?? "") : undefined;
  if (tenant === undefined) return null;
  const view = views.of(snapshot, tenant);
  const request = { snapshot, tenant, view, token, namesTenant: false, requestId: null };
  const caller = await callers.identify(request, nowMs);
  return caller.kind === "refused" ? null : callerFrom(caller, view);
}

function callerFrom(
  { verified: { claims }, permissions }: KnownCaller,
  view: ReturnType<TenantViews["of"]>,
): Caller {
  const userId = "user_id" in claims ? claims.user_id : null;
  const moduleId = claims.type === "module" || claims.type === "system" ? claims.module : null;
  return {
    kind: "tenant-token",
    tenantId: claims.tenant,
    userId,
    moduleId,
    provides: moduleId === null ? [] : view.interfacesOf(moduleId),
    permissions: new Set([...permissions, ...view.expandedOf(claims)]),
    isSystem: claims.type === "system" && claims.extra_permissions === null,
    // What tells of users is let in as a provider and for nothing else.
    isAnonymous: claims.type === "anonymous" || isForPushes(claims),
  };
}
