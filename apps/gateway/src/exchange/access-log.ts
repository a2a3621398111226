import type { Log } from "../log.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeObserver } from "./observe-exchanges.ts";
import { shownPath } from "./shown-path.ts";

/** One line for every request that was answered, or whose client left before. It has no header, no query and no body; the
 * request id, which modules put on, has been checked and is bounded. */
export class AccessLog implements ExchangeObserver {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  begins(): void {
    // Only what has ended is told.
  }

  ended(exchange: Exchange): void {
    if (exchange.isForwarded) return;
    const { path, firstByteMs } = exchange;
    this.#log.info(
      {
        requestId: exchange.requestId,
        traceId: exchange.traceId,
        tenantId: exchange.tenantId,
        userId: exchange.userId,
        method: exchange.method,
        path: path === null ? null : shownPath(path),
        status: exchange.status,
        bytesIn: exchange.receivedBytes,
        bytesOut: exchange.sentBytes,
        durationMs: rounded(exchange.totalMs),
        gatewayMs: rounded(exchange.gatewayMs),
        firstByteMs: firstByteMs === null ? null : rounded(firstByteMs),
        moduleId: exchange.moduleId,
        instanceId: exchange.instanceId,
        attempts: exchange.attempts,
        refusedFor: exchange.refusal,
        brokenBy: exchange.brokenBy,
      },
      "request answered",
    );
  }
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
