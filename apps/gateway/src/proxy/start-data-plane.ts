import { addressesWithin, connectOnWire, mayBeModule } from "@octavo/http-wire";
import type { RegistryView } from "@octavo/registry";
import { createUpstreams, defaultUpstreamLimits, type UpstreamEvent, type Upstreams } from "@octavo/upstream";
import { createCallSystemInterface } from "../lifecycle/call-system-interface.ts";
import type { CallSystemInterface } from "../lifecycle/system-call.ts";
import { isPoolOfSystemCall } from "../lifecycle/system-call-send.ts";
import type { Log } from "../log.ts";
import type { CallerOfTenant } from "../management/dispatch.ts";
import type { Platform } from "../management/platform.ts";
import { cacheFamilies, type NamedCaches } from "../metrics/cache-metrics.ts";
import type { PreparedAuthority } from "./authority-start.ts";
import { AuthCache } from "./auth-cache.ts";
import type { DataPlane } from "./data-plane.ts";
import { isOwnAddress } from "./own-address.ts";
import { RoutesOfSnapshot } from "./routes-of-snapshot.ts";
import { followDiscovery } from "./running-module.ts";
import { createServeModules, type ServeModules } from "./serve-modules.ts";

export interface RunningDataPlane {
  readonly serve: ServeModules;
  readonly callerOf: CallerOfTenant;
  /** For what the gateway asks of modules by itself: jobs, timers. */
  readonly callSystemInterface: CallSystemInterface;
  /** When no request is in flight any more. */
  close(): Promise<void>;
}

/** Everything between a tenant's request and his modules.
 * @param prepared decides for tenants without an auth filter of their own */
export function startDataPlane(platform: Platform, prepared: PreparedAuthority): RunningDataPlane {
  const { registry, instance, log } = platform;
  const tenants = serveTenants(platform, (upstreams) => prepared.start(platform, upstreams));
  const { identity } = tenants;
  return {
    serve: tenants.serve,
    callSystemInterface: createCallSystemInterface({
      registry,
      upstreams: tenants.upstreams,
      url: instance.url,
      tokenForSystemCall: (...call) => identity.tokenForSystemCall(...call),
      log,
    }),
    callerOf: (token) => identity.callerOf(token),
    close: () => tenants.close(() => identity.close()),
  };
}

/** What the data plane takes of a platform: nothing that a process without a database would not have. */
export interface TenantSide extends Pick<
  Platform,
  "config" | "clock" | "instance" | "log" | "metrics" | "tracing"
> {
  readonly registry: RegistryView;
}

interface Identifying extends Pick<DataPlane, "authority" | "ownRoutes"> {
  readonly caches: NamedCaches;
}

interface ServedTenants<Identity> {
  readonly serve: ServeModules;
  readonly upstreams: Upstreams;
  readonly identity: Identity;
  close(closeIdentity: () => void): Promise<void>;
}

/** @param identify who decides for tenants without an auth filter, and who answers the gateway's own routes */
export function serveTenants<Identity extends Identifying>(
  { registry, config, clock, instance, log, metrics, tracing }: TenantSide,
  identify: (upstreams: Upstreams) => Identity,
): ServedTenants<Identity> {
  const isAllowed =
    (config.moduleNetworks === null ? null : addressesWithin(config.moduleNetworks)) ?? mayBeModule;
  const connections = connectOnWire({
    mayConnectTo: (address, port) => isAllowed(address) && !isOwnAddress(config, address, port),
  });
  const onEvent = (event: UpstreamEvent): void => {
    metrics.upstream.note(event);
    logUpstream(log, event);
  };
  const untraced = createUpstreams({
    connections,
    clock,
    limits: {
      ...defaultUpstreamLimits,
      firstByteMs: config.moduleFirstByteMs,
      bodyIdleMs: config.moduleBodyIdleMs,
      inFlightPerInstance: config.moduleInFlight,
    },
    onEvent,
    onAnswer: (moduleId, ms) => metrics.upstream.answered(moduleId, ms),
  });
  const upstreams = tracing?.ofCalls(untraced) ?? untraced;
  const stopFollowing = followDiscovery(registry, upstreams);
  const identity = identify(upstreams);
  const authCache = new AuthCache();
  const discovery = () => registry.snapshot.discovery;
  metrics.add(metrics.upstream.families({ upstreams, connections, discovery }));
  metrics.add(cacheFamilies({ ...identity.caches, auth_filter: authCache }));
  const serve = createServeModules({
    registry,
    routes: new RoutesOfSnapshot(),
    upstreams,
    authority: identity.authority,
    ownRoutes: identity.ownRoutes,
    authCache,
    cors: { origins: config.corsOrigins, reflectsAll: config.managementAuth === "open" },
    url: instance.url,
    now: () => clock.now(),
    log,
  });
  return {
    serve,
    upstreams,
    identity,
    close: async (closeIdentity) => {
      stopFollowing();
      closeIdentity();
      upstreams.close();
      await connections.close();
    },
  };
}

function logUpstream(log: Log, event: UpstreamEvent): void {
  const { kind, moduleId, instanceId } = event;
  if (isPoolOfSystemCall(moduleId)) return; // whoever calls says how it went
  const fields = { kind, moduleId, instanceId };
  if (kind === "ejected") log.warn({ ...fields, forMs: event.forMs }, "module instance ejected");
  else if (kind === "retried") log.info({ ...fields, after: event.after }, "module call repeated");
  else if (kind === "panic") log.error(fields, "most instances of a module are unhealthy");
  else log.info(fields, "module instances changed");
}
