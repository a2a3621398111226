import { setTimeout as delay } from "node:timers/promises";
import { defaultLimits, type ListenerError, listenOnNode, type Serve } from "@octavo/http-wire";
import { err, ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";
import { cannotListen } from "./listen-failure.ts";
import type { Log } from "./log.ts";
import type { GatewayMetrics } from "./metrics/gateway-metrics.ts";
import { clientConnections } from "./metrics/process-metrics.ts";

/** Where clients come in. */
export interface FrontDoor {
  /** Answers say `Connection: close`, the drain delay passes, the door closes, what is in flight has its grace.
   * @param hurry cuts every waiting short
   * @returns how many requests were cut */
  close(hurry: AbortSignal): Promise<number>;
}

/** A listener of this very process. */
export async function openFrontDoor(
  config: GatewayConfig,
  port: number,
  serve: Serve,
  around: ListenerSurroundings,
): Promise<Result<FrontDoor, string>> {
  const listening = await listenOnNode({
    host: config.host,
    port,
    limits: defaultLimits,
    serve,
    onError: (error) => noteListenerError(around, error),
  });
  if (!listening.ok) return err(cannotListen(config, port, listening.error));
  const listener = listening.value;
  around.metrics.add(clientConnections(() => listener.open));
  return ok({
    close: async (hurry) => {
      listener.startDraining();
      await drainDelay(config, hurry);
      return listener.close(config.drainGraceMs, hurry);
    },
  });
}

/** Balancers learn from readiness; until they have, requests are still taken (reliability 4.2). */
export async function drainDelay({ drainDelayMs }: GatewayConfig, hurry: AbortSignal): Promise<void> {
  await delay(drainDelayMs, undefined, { signal: hurry }).catch(() => undefined);
}

/** Where a listener's troubles are told. */
export interface ListenerSurroundings {
  readonly log: Log;
  readonly metrics: GatewayMetrics;
}

export function noteListenerError(
  { log, metrics }: ListenerSurroundings,
  { kind, detail }: ListenerError,
): void {
  // Without a head there is no exchange that could be counted.
  if (kind === "bad-head") {
    metrics.requests.refused("gate");
    log.debug({ because: detail }, "no HTTP request");
  } else log.error({ error: detail }, "request failed below the gateway");
}
