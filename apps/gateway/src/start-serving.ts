import { join } from "node:path";
import { Cancellation, type Serve } from "@octavo/http-wire";
import { ensureFirstOperator, type FirstOperator, type IdentityRows } from "@octavo/identity";
import { okapiVersion } from "@octavo/management-api";
import type { KeptState, Registry } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";
import { observersOf } from "./exchange/observers.ts";
import { observeExchanges } from "./exchange/observe-exchanges.ts";
import type { CallSystemInterface } from "./lifecycle/system-call.ts";
import type { Log } from "./log.ts";
import { PlatformJobs } from "./lifecycle/platform-jobs.ts";
import { Freshness } from "./freshness.ts";
import { LoopLag } from "./loop-lag.ts";
import { handlers } from "./management/handlers.ts";
import { instanceHandlers } from "./management/instance-handlers.ts";
import type { GatewayMetrics } from "./metrics/gateway-metrics.ts";
import { processFamilies } from "./metrics/process-metrics.ts";
import type { Platform } from "./management/platform.ts";
import { identityPolicyOf } from "./proxy/identity-policy-of.ts";
import { prepareAuthority } from "./proxy/authority-start.ts";
import { startDataPlane } from "./proxy/start-data-plane.ts";
import { readinessOf } from "./readiness.ts";
import { createServe } from "./serve.ts";
import { loadTracing } from "./tracing/load-tracing.ts";
import { version } from "./version.ts";
import type { WorkersState } from "./workers/workers-state.ts";

export interface Prepared {
  readonly config: GatewayConfig;
  /** 32 bytes that wrap what is secret in the database. */
  readonly octavoKey: Uint8Array;
  readonly log: Log;
  readonly instance: Platform["instance"];
  /** null where this process serves connections itself. */
  readonly workers: WorkersState | null;
  readonly metrics: GatewayMetrics;
  /** Where each request is told of; null: nowhere. */
  readonly accessLog: Log | null;
  readonly rows: IdentityRows;
  /** What the state came from, where that was not the database. */
  readonly kept: KeptState | null;
}

/** A gateway without its door: it answers whatever request it is given. */
export interface Serving {
  readonly serve: Serve;
  /** Who can sign in; null in open mode, where nobody needs to. */
  readonly firstOperator: FirstOperator | null;
  /** For what the gateway asks of modules by itself. */
  readonly callSystemInterface: CallSystemInterface;
  /** From now on it is not ready. */
  startDraining(): void;
  /** When no request is in flight any more. */
  close(): Promise<void>;
}

/** Puts together what answers, on a registry that is there: the first operator, the authority, the data plane, the
 * management API. Nothing is left running where it fails. */
export async function startServing(
  { config, octavoKey, log, instance, metrics, accessLog, workers, rows, kept }: Prepared,
  registry: Registry,
): Promise<Result<Serving, string>> {
  const first = await firstOperatorOf(config, registry, log, kept);
  if (!first.ok) return first;
  const authority = await prepareAuthority(
    { registry, log, instance, rows },
    octavoKey,
    identityPolicyOf(config),
  );
  if (!authority.ok) return authority;

  const keptAt = registry.contact.lastAt;
  const vitals = { isDraining: false, lag: new LoopLag() };
  const readiness = () => {
    const loopLagMs = Math.max(vitals.lag.worstMs, workers?.lagMs ?? 0);
    const isFromFile = kept !== null && registry.contact.lastAt === keptAt;
    return readinessOf(registry, { isDraining: vitals.isDraining, loopLagMs, workers, isFromFile });
  };
  registry.reportVitals(() => {
    const { ready: isReady, because = null } = readiness();
    const workersNow = workers === null ? null : { wanted: workers.wanted, ready: workers.ready };
    return { isReady, because, isDraining: vitals.isDraining, workers: workersNow };
  });
  const freshness = new Freshness(registry, log);
  const draining = new Cancellation();
  const jobs = new PlatformJobs(registry);
  const tracing = await loadTracing();
  const platform: Platform = {
    registry,
    config,
    log,
    metrics,
    tracing,
    clock: registry.clock,
    instance,
    versions: { okapi: okapiVersion, octavo: version },
    jobs,
    draining,
  };
  metrics.add(metrics.registry.families(registry));
  metrics.add(
    processFamilies({
      isDraining: () => vitals.isDraining,
      loopLagMs: () => vitals.lag.worstMs,
    }),
  );
  const dataPlane = startDataPlane(platform, authority.value);
  jobs.drive(platform, dataPlane.callSystemInterface);
  return ok({
    serve: observeExchanges(
      createServe(
        platform,
        { ...handlers, ...instanceHandlers(readiness) },
        dataPlane.serve,
        dataPlane.callerOf,
        freshness,
      ),
      observersOf(config, { metrics, accessLog, tracing }),
      config.hasTraceHeaders,
    ),
    firstOperator: first.value,
    callSystemInterface: dataPlane.callSystemInterface,
    startDraining: () => {
      vitals.isDraining = true;
      draining.abort();
      jobs.stopWaiting();
    },
    close: async () => {
      vitals.lag.stop();
      freshness.close();
      await jobs.close(config.drainGraceMs);
      await dataPlane.close();
    },
  });
}

/** Without the database nobody is made an operator: those of the file are there, and a new token of the environment waits. */
async function firstOperatorOf(
  config: GatewayConfig,
  registry: Registry,
  log: Log,
  kept: KeptState | null,
): Promise<Result<FirstOperator | null, string>> {
  if (config.managementAuth === "open") return ok(null);
  const tokenFile = config.databaseUrl === null ? join(config.dataDir, "operator-token") : null;
  const ensure = () => ensureFirstOperator(registry, { environmentToken: config.operatorToken, tokenFile });
  if (kept === null) return ensure();
  const make = async (): Promise<void> => {
    const ensured = await ensure();
    if (!ensured.ok) log.error({ because: ensured.error }, "the first operator is missing");
  };
  const stop = registry.onRows(() => {
    stop();
    void make();
  });
  return ok({ kind: "exists" });
}
