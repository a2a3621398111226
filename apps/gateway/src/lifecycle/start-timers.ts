import type { Registry } from "@octavo/registry";
import { type Fire, type Fired, TimerRunner } from "@octavo/timers";
import type { Log } from "../log.ts";
import type { GatewayMetrics } from "../metrics/gateway-metrics.ts";
import type { CallSystemInterface, SystemCallFailure } from "./system-call.ts";

export interface TimerParts {
  readonly registry: Registry;
  readonly instanceId: string;
  readonly callSystemInterface: CallSystemInterface;
  /** For one call. */
  readonly withinMs: number;
  readonly log: Log;
  readonly metrics: GatewayMetrics;
}

/** Fires the timers of the tenants that are this instance's, by calls of their modules as Okapi makes them: the first method
 * of the entry, nothing in the body. The calls carry the key of the fire, by which a module can refuse a second one. */
export function startTimers(parts: TimerParts): TimerRunner {
  const { registry, instanceId, log, metrics } = parts;
  const runner = new TimerRunner({
    registry,
    instanceId,
    call: (fire, signal) => callTimer(parts, fire, signal),
    onFired: (fire, fired) => {
      metrics.timers.note(fired.outcome);
      logFired(log, fire, fired);
    },
    onProblem: (because) => log.error({ because }, "timers cannot be written"),
  });
  metrics.add(metrics.timers.families(() => runner.vitals));
  return runner;
}

async function callTimer(
  { callSystemInterface, withinMs }: TimerParts,
  { tenantId, timer: { id, module, entry }, due, epoch }: Fire,
  signal: AbortSignal,
): Promise<Fired> {
  const [method] = entry.methods;
  const path = entry.path === null || entry.path === "" ? entry.pathPattern : entry.path;
  const called = await callSystemInterface({
    tenantId,
    module,
    entry,
    method: method === undefined || method === "*" ? "POST" : method,
    path: path ?? "/",
    body: "",
    actor: `timer:${id}`,
    requestId: null,
    headers: ["X-Octavo-Fire", `${tenantId}/${id}/${due}`, "X-Octavo-Epoch", String(epoch)],
    instanceId: null,
    withinMs,
    signal,
  });
  if (called.ok) return { outcome: "succeeded", status: called.value.status, message: null };
  const { kind, status, message } = called.error;
  return { outcome: outcomeOf(kind), status, message };
}

/** Sent and not answered: the module may have done it. */
function outcomeOf(kind: SystemCallFailure["kind"]): Fired["outcome"] {
  return kind === "unanswered" ? "unknown" : "failed";
}

function logFired(log: Log, { tenantId, timer: { id, module } }: Fire, { outcome, status, message }: Fired) {
  const fields = { tenantId, timerId: id, moduleId: module.id, outcome, status };
  if (outcome === "succeeded") log.debug(fields, "timer fired");
  else log.warn({ ...fields, because: message }, "timer did not succeed");
}
