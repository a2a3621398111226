import type { UpstreamRequest } from "@octavo/http-wire";
import type { Route } from "@octavo/routing";
import { answerFailure } from "./answer-failure.ts";
import type { DataPlane } from "./data-plane.ts";
import { moduleHeaders } from "./module-headers.ts";
import type { ModuleRequest } from "./module-request.ts";
import { noInstanceOf, refuse } from "./refuse.ts";
import { runningModule } from "./running-module.ts";
import { relayAnswer } from "./relay-answer.ts";

/** A browser's question before its request, answered by the module itself. It carries no credential by nature, so nobody
 * is asked whether the caller may; and it is only a question. */
export async function relayPreflight(plane: DataPlane, request: ModuleRequest, route: Route): Promise<void> {
  const { module } = route;
  const running = runningModule(request.snapshot, module.id);
  if (running === null) {
    refuse(request, "route", 404, noInstanceOf(module.id));
    return;
  }
  const question: UpstreamRequest = {
    method: "OPTIONS",
    target: request.target,
    rawHeaders: moduleHeaders(request, plane.url),
    body: null,
    contentLength: null,
    signal: request.sink.gone,
  };
  request.exchange.asks();
  const answer = await plane.upstreams.send(running, question, request.routes.policies.of(route, "OPTIONS"));
  request.exchange.hears(route, request.target, answer);
  if (answer.ok) await relayAnswer(request, answer.value, null);
  else answerFailure(plane, request, answer.error);
}
