import type { BodySource, CheckedHead, ResponseSink, Serve } from "@octavo/http-wire";
import { type IdentityRows, SigningKeys } from "@octavo/identity";
import type { RegistryView } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import type { Exchange } from "../exchange/exchange.ts";
import { observersOf } from "../exchange/observers.ts";
import { observeExchanges } from "../exchange/observe-exchanges.ts";
import { Freshness } from "../freshness.ts";
import type { ListenerSurroundings } from "../front-door.ts";
import type { Log } from "../log.ts";
import { AuthorityCore } from "../proxy/authority-core.ts";
import { identityPolicyOf } from "../proxy/identity-policy-of.ts";
import { tokenRouteOf } from "../proxy/authority-token-routes.ts";
import type { OwnRoutes } from "../proxy/own-routes.ts";
import { serveTenants } from "../proxy/start-data-plane.ts";
import { throughGate } from "../through-gate.ts";
import { loadTracing } from "../tracing/load-tracing.ts";
import { connectToParent } from "./forward-to-parent.ts";
import type { ToWorker } from "./messages.ts";
import type { ParentLink } from "./parent-link.ts";

export interface WorkerServing {
  readonly serve: Serve;
  /** When no request is in flight any more. */
  close(): Promise<void>;
}

/** Puts together what a worker answers: requests for modules from what it has in memory, everything else through its
 * parent. */
export async function serveInWorker(
  link: ParentLink,
  { config, octavoKey, instance, parentPath }: Extract<ToWorker, { kind: "begin" }>,
  registry: RegistryView,
  { log, metrics, accessLog }: ListenerSurroundings & { readonly accessLog: Log | null },
): Promise<Result<WorkerServing, string>> {
  const rows: IdentityRows = {
    endedSessions: (sinceMs) => link.ask({ of: "endedSessions", sinceMs }),
    signingSecrets: (kids) => link.ask({ of: "signingSecrets", kids }),
  };
  const onProblem = (because: string): void => log.error({ because }, "signing keys need an operator");
  const keys = await SigningKeys.follow(registry, rows, octavoKey, onProblem);
  if (!keys.ok) return keys;
  const core = await AuthorityCore.create({
    registry,
    rows,
    keys: keys.value,
    audit: async (intent) => (await link.ask({ of: "audit", intent })) === true,
    url: instance.url,
    log,
    policy: identityPolicyOf(config),
  });
  const parent = connectToParent(parentPath, log);
  const tracing = await loadTracing();
  const side = { registry, config, clock: registry.clock, instance, log, metrics, tracing };
  const forward = (head: CheckedHead, body: BodySource, sink: ResponseSink, exchange: Exchange) => {
    exchange.isForwarded = true;
    return parent.forward(head, body, sink);
  };
  const tenants = serveTenants(side, (upstreams) => {
    const { authority, caches } = core.start(config, upstreams);
    const ownRoutes: OwnRoutes = {
      serve: (request) =>
        tokenRouteOf(request) === null
          ? null
          : forward(request.head, request.body, request.sink, request.exchange),
    };
    return { authority, caches, ownRoutes };
  });
  const freshness = new Freshness(registry, log);
  return ok({
    serve: observeExchanges(
      throughGate(log, freshness, tenants.serve, forward),
      observersOf(config, { metrics, accessLog, tracing }),
      config.hasTraceHeaders,
    ),
    close: async () => {
      freshness.close();
      await tenants.close(() => core.close());
      await parent.close();
    },
  });
}
