import type { DeploymentDescriptor, EnvEntry, RoutingEntry, TenantDescriptor } from "@octavo/client";

/** What a gateway knows, as far as it can be carried over to another: Okapi and Octavo tell it by the same calls. */
export interface PlatformPicture {
  readonly version: string;
  /** Ids, without the gateway's own module. */
  readonly modules: ReadonlySet<string>;
  readonly tenants: ReadonlyMap<string, TenantPicture>;
  /** By the id of the instance. */
  readonly instances: ReadonlyMap<string, DeploymentDescriptor>;
  readonly env: ReadonlyMap<string, EnvEntry>;
}

export interface TenantPicture {
  readonly tenant: TenantDescriptor;
  /** Ids, without the gateway's own module. */
  readonly enabled: readonly string[];
  /** Those that somebody has changed, by their ids. */
  readonly timers: ReadonlyMap<string, RoutingEntry>;
}

/** The module that a gateway itself is. */
export function isGateway(moduleId: string): boolean {
  return /^okapi-\d/u.test(moduleId);
}
