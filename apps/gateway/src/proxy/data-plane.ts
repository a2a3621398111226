import type { Snapshot } from "@octavo/registry";
import type { Upstreams } from "@octavo/upstream";
import type { CorsPolicy } from "../cors.ts";
import type { Log } from "../log.ts";
import type { AuthCache } from "./auth-cache.ts";
import type { OwnRoutes } from "./own-routes.ts";
import type { RoutesOfSnapshot } from "./routes-of-snapshot.ts";
import type { TenantAuthority } from "./tenant-authority.ts";

/** What the data plane works with. */
export interface DataPlane {
  /** The newest snapshot is looked up once for each request. */
  readonly registry: { readonly snapshot: Snapshot };
  readonly routes: RoutesOfSnapshot;
  readonly upstreams: Upstreams;
  readonly authority: TenantAuthority;
  readonly ownRoutes: OwnRoutes;
  readonly authCache: AuthCache;
  readonly cors: CorsPolicy;
  /** X-Okapi-Url: where modules call back. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}
