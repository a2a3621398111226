// observe-exchanges.ts runs for every request.
import type { IncomingBody, RequestHead, ResponseSink, Serve } from "@octavo/http-wire";
import { Exchange } from "./exchange.ts";

/** As `Serve`, and fills in what is known of the exchange. */
export type ServeExchange = (
  head: RequestHead,
  body: IncomingBody,
  sink: ResponseSink,
  exchange: Exchange,
) => Promise<void>;

/** Somebody who wants to know of every exchange: metrics, the access log, traces. Neither may throw nor wait. */
export interface ExchangeObserver {
  begins(exchange: Exchange, head: RequestHead): void;
  /** Its answer has been handed to the system, or its client is gone. */
  ended(exchange: Exchange): void;
}

export function observeExchanges(
  serve: ServeExchange,
  observers: readonly ExchangeObserver[],
  hasTraceLines: boolean,
): Serve {
  if (observers.length === 0) {
    return (head, body, sink) => serve(head, body, sink, new Exchange(head.method, hasTraceLines));
  }
  return async (head, body, sink) => {
    const exchange = new Exchange(head.method, hasTraceLines);
    for (const observer of observers) observer.begins(exchange, head);
    try {
      await serve(head, body, sink, exchange);
    } catch (cause) {
      exchange.breaksBy(cause);
      throw cause; // the listener's to answer, where there is still somebody to answer
    } finally {
      void endExchange(exchange, body, sink, observers);
    }
  };
}

async function endExchange(
  exchange: Exchange,
  body: IncomingBody,
  sink: ResponseSink,
  observers: readonly ExchangeObserver[],
): Promise<void> {
  await sink.closed;
  exchange.ends(body, sink);
  for (const observer of observers) observer.ended(exchange);
}
