// through-gate.ts runs for every request.
import {
  type CheckedHead,
  checkHead,
  type IncomingBody,
  type RequestHead,
  type ResponseSink,
} from "@octavo/http-wire";
import type { Exchange } from "./exchange/exchange.ts";
import type { ServeExchange } from "./exchange/observe-exchanges.ts";
import type { Freshness } from "./freshness.ts";
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
  freshness: Freshness,
  serveModules: ServeModules,
  serveManagement: ServeManagement,
): ServeExchange {
  const serve: ServeChecked = (head, checked, body, sink, exchange) =>
    isForModules(checked.path, checked.okapi.moduleId)
      ? serveModules(head, checked, body, sink, exchange)
      : serveManagement(checked, body, sink, exchange);
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
    const { path, revision } = checked.value;
    exchange.path = path;
    const behind = freshness.check(revision);
    if (behind === null) return serve(head, checked.value, body, sink, exchange);
    return serveWhenFresh(behind, revision, serve, head, checked.value, body, sink, exchange);
  };
}

type ServeChecked = (
  raw: RequestHead,
  head: CheckedHead,
  body: IncomingBody,
  sink: ResponseSink,
  exchange: Exchange,
) => Promise<void>;

/** Rare: this process has stood still, or the client has seen a newer state than it. */
async function serveWhenFresh(
  behind: Promise<number | null>,
  asked: number | null,
  serve: ServeChecked,
  ...request: Parameters<ServeChecked>
): Promise<void> {
  const revision = await behind;
  if (revision === null) return serve(...request);
  const [, , , sink, exchange] = request;
  exchange.refusal = "behind";
  sink.send(
    503,
    ["Content-Type", "text/plain", "Retry-After", "1"],
    `This gateway is at revision ${revision}, and the request relies on ${asked}. Try again`,
  );
}
