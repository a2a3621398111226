import type { BodySource, CheckedHead, HeaderList, ResponseSink } from "@octavo/http-wire";
import type { Snapshot, Tenant } from "@octavo/registry";
import type { Exchange } from "../exchange/exchange.ts";
import type { TenantRoutes } from "./routes-of-snapshot.ts";

/** A request for a module, known by tenant and token, on its way through the data plane. One shape for all. */
export interface ModuleRequest {
  readonly head: CheckedHead;
  readonly body: BodySource;
  readonly sink: ResponseSink;
  readonly exchange: Exchange;
  /** The one it began with. */
  readonly snapshot: Snapshot;
  readonly tenant: Tenant;
  readonly routes: TenantRoutes;
  /** As found, of whatever issuer; null where there is none. */
  readonly token: string | null;
  /** Path and query, as the module gets them: for /_/invoke/tenant what stands behind the tenant. */
  readonly target: string;
  readonly requestId: string;
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** What the answer has for a browser; empty where the module speaks for itself (delegateCORS). */
  readonly corsHeaders: HeaderList;
  readonly delegatesCors: boolean;
}
