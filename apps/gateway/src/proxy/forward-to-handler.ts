// forward-to-handler.ts is the fast path: one handler, no filter. It runs for nearly every request: no await before the
// request is on its way, no closure, no spread, one list of headers.
import type { UpstreamRequest } from "@octavo/http-wire";
import type { Result } from "@octavo/result";
import type { Route } from "@octavo/routing";
import type { GatewayFailure, UpstreamAnswer } from "@octavo/upstream";
import { answerFailure } from "./answer-failure.ts";
import type { DataPlane } from "./data-plane.ts";
import { addIdentity, moduleHeaders } from "./module-headers.ts";
import type { ModuleRequest } from "./module-request.ts";
import { noInstanceOf, refuse } from "./refuse.ts";
import { runningModule } from "./running-module.ts";
import { relayAnswer } from "./relay-answer.ts";
import type { AuthorityDecision } from "./tenant-authority.ts";

const NO_PERMISSIONS: readonly string[] = [];

export function forwardToHandler(plane: DataPlane, request: ModuleRequest, route: Route): Promise<void> {
  const { snapshot, tenant, head, token } = request;
  const decision = plane.authority.decide({
    snapshot,
    tenant,
    head,
    token,
    route,
    extraPermissions: NO_PERMISSIONS,
  });
  return decision instanceof Promise
    ? forwardLater(plane, request, route, decision)
    : forward(plane, request, route, decision);
}

async function forwardLater(
  plane: DataPlane,
  request: ModuleRequest,
  route: Route,
  decision: Promise<AuthorityDecision>,
): Promise<void> {
  return forward(plane, request, route, await decision);
}

const DONE = Promise.resolve();

function forward(
  plane: DataPlane,
  request: ModuleRequest,
  route: Route,
  decision: AuthorityDecision,
): Promise<void> {
  if (decision.kind === "refused") {
    refuse(request, "auth", decision.status, decision.message, decision.retryAfterSeconds);
    return DONE;
  }
  const module = runningModule(request.snapshot, route.module.id);
  if (module === null) {
    refuse(request, "route", 404, noInstanceOf(route.module.id));
    return DONE;
  }
  const rawHeaders = addIdentity(
    moduleHeaders(request, plane.url),
    route,
    decision.token,
    decision.userId,
    decision.permissions,
  );
  const { framing } = request.head;
  request.exchange.userId = decision.userId;
  request.exchange.asks();
  const upstream: UpstreamRequest = {
    method: request.head.method,
    target: request.target,
    rawHeaders,
    body: framing.kind === "none" ? null : request.body,
    contentLength: framing.kind === "length" ? framing.bytes : null,
    signal: request.sink.gone,
  };
  const call = plane.upstreams.send(module, upstream, request.routes.policies.of(route, request.head.method));
  return answer(plane, request, route, decision.token, call);
}

async function answer(
  plane: DataPlane,
  request: ModuleRequest,
  route: Route,
  token: string,
  call: Promise<Result<UpstreamAnswer, GatewayFailure>>,
): Promise<void> {
  const answered = await call;
  request.exchange.hears(route, request.target, answered);
  if (!answered.ok) {
    answerFailure(plane, request, answered.error);
    return;
  }
  try {
    await relayAnswer(request, answered.value, token);
  } catch (cause) {
    answered.value.abandon();
    throw cause;
  }
}
