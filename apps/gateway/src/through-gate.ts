// through-gate.ts runs for every request.
import { type CheckedHead, checkHead, type IncomingBody, type ResponseSink } from "@octavo/http-wire";
import type { Exchange } from "./exchange/exchange.ts";
import type { ServeExchange } from "./exchange/observe-exchanges.ts";
import type { Log } from "./log.ts";
import { isForModules, type ServeModules } from "./proxy/serve-modules.ts";

/** Answers what is not for a module: the management API, or whoever leads there. */
export type ServeManagement = (
  head: CheckedHead,
  body: IncomingBody,
  sink: ResponseSink,
  exchange: Exchange,
) => Promise<void>;

const DONE = Promise.resolve();

/** Every request passes here first: what it means, and then who answers it. */
export function throughGate(
  log: Log,
  serveModules: ServeModules,
  serveManagement: ServeManagement,
): ServeExchange {
  return (head, body, sink, exchange) => {
    const checked = checkHead(head);
    if (!checked.ok) {
      exchange.refusal = "gate";
      log.info({ because: checked.error.message, remoteAddress: head.remoteAddress }, "request refused");
      sink.send(
        checked.error.status,
        ["Content-Type", "text/plain", "Connection", "close"],
        checked.error.message,
      );
      return DONE;
    }
    const { path, okapi } = checked.value;
    exchange.path = path;
    if (isForModules(path, okapi.moduleId)) return serveModules(head, checked.value, body, sink, exchange);
    return serveManagement(checked.value, body, sink, exchange);
  };
}
