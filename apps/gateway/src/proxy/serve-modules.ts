import {
  type BodySource,
  type CheckedHead,
  headerOf,
  type RequestHead,
  type ResponseSink,
} from "@octavo/http-wire";
import { isManagementPlace } from "@octavo/management-api";
import { findToken, UnverifiedTokens } from "@octavo/tokens";
import { corsFor } from "../cors.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { requestIdFor } from "../management/request-id.ts";
import type { DataPlane } from "./data-plane.ts";
import { findTenantId } from "./find-tenant.ts";
import { forwardToHandler } from "./forward-to-handler.ts";
import { type Invocation, isInvocation, readInvocation } from "./invoke-tenant.ts";
import type { ModuleRequest } from "./module-request.ts";
import { NO_MODULE, refuse } from "./refuse.ts";
import { relayPreflight } from "./relay-preflight.ts";
import { routeRequest } from "./route-request.ts";
import { runPipeline } from "./run-pipeline.ts";

/** Carries a tenant's request to his modules and their answer back. Rejects where a started answer breaks off.
 * @param raw what the wire had, for what the gate has taken off */
export type ServeModules = (
  raw: RequestHead,
  head: CheckedHead,
  body: BodySource,
  sink: ResponseSink,
  exchange: Exchange,
) => Promise<void>;

/** Whether a path is for the modules: everything but the management API. Below /_/ a module is reached only by its id, at a
 * path whose place is none of the API's: release A has /_/jsonSchemas and /_/ramls, interfaces of type multiple.
 * @param moduleId X-Okapi-Module-Id */
export function isForModules(path: string, moduleId: string | null): boolean {
  if (!path.startsWith("/_/") || isInvocation(path)) return true;
  return moduleId !== null && !isManagementPlace(path);
}

const DONE = Promise.resolve();
const MOST_TOKENS = 5000;

export function createServeModules(plane: DataPlane): ServeModules {
  const unverified = new UnverifiedTokens(MOST_TOKENS);
  const readToken = (token: string) => unverified.read(token);
  return (raw, head, body, sink, exchange) => {
    const requestId = requestIdFor(head.path, head.okapi.requestId);
    exchange.kind = "module";
    exchange.requestId = requestId;
    const invocation = isInvocation(head.path) ? readInvocation(head) : null;
    const { snapshot } = plane.registry;
    const delegated = invocation?.ok === true ? delegateOf(plane, head, invocation.value) : null;
    const cors = delegated === null ? corsFor(head, plane.cors) : NO_CORS;
    const answerable = { sink, exchange, corsHeaders: cors.headers, requestId };
    if (cors.kind === "preflight") {
      sink.send(204, cors.headers, "");
      return DONE;
    }
    if (wantsWebSocket(raw)) {
      refuse(
        answerable,
        "route",
        501,
        "WebSocket connections to modules are not supported: use plain HTTP requests",
      );
      return DONE;
    }
    if (invocation?.ok === false) {
      refuse(answerable, "route", 400, invocation.error);
      return DONE;
    }
    const token = findToken(head.headers);
    if (!token.ok) {
      refuse(answerable, "auth", 400, token.error.message);
      return DONE;
    }
    const isNamed = token.value !== null && token.value.token !== "";
    const tokenText = isNamed ? unverified.kept(token.value.token) : null;
    const named = invocation?.value.tenantId ?? head.okapi.tenant;
    const tenantId = findTenantId(named, tokenText, readToken);
    if (!tenantId.ok) {
      refuse(answerable, "tenant", 400, tenantId.error);
      return DONE;
    }
    const tenant = snapshot.tenants.get(tenantId.value);
    const routes = tenant === undefined ? undefined : plane.routes.of(snapshot, tenant);
    if (tenant === undefined || routes === undefined) {
      refuse(answerable, "tenant", 400, `No such Tenant ${tenantId.value}`);
      return DONE;
    }
    exchange.tenantId = tenant.id;
    const request: ModuleRequest = {
      head,
      body,
      sink,
      exchange,
      snapshot,
      tenant,
      routes,
      token: tokenText,
      target: invocation?.value.target ?? head.target,
      requestId,
      receivedAt: Math.trunc(plane.now()),
      corsHeaders: cors.headers,
      delegatesCors: delegated !== null,
    };
    if (delegated !== null && isPreflight(head)) return relayPreflight(plane, request, delegated);
    return run(plane, request);
  };
}

function run(plane: DataPlane, request: ModuleRequest): Promise<void> {
  const routed = routeRequest(request);
  switch (routed.kind) {
    case "handler":
      return forwardToHandler(plane, request, routed.route);
    case "pipeline":
      return runPipeline(plane, request, routed.stages);
    case "none":
      return plane.ownRoutes.serve(request) ?? notFound(request);
    case "failed":
      refuse(request, "route", 500, routed.message);
      return DONE;
  }
}

function notFound(request: ModuleRequest): Promise<void> {
  refuse(request, "route", 404, NO_MODULE);
  return DONE;
}

const NO_CORS = { kind: "headers", headers: [] } as const;

/** The handler that a browser's request by /_/invoke/tenant leads to, where that handler has delegateCORS: only there the
 * tenant is known before any credential, so only there a module can speak for itself (Okapi: CorsHelper). */
function delegateOf(plane: DataPlane, head: CheckedHead, { tenantId, target }: Invocation) {
  const { snapshot } = plane.registry;
  const tenant = snapshot.tenants.get(tenantId);
  const routes = tenant === undefined ? undefined : plane.routes.of(snapshot, tenant);
  if (routes === undefined) return null;
  const method = headerOf(head.headers, "access-control-request-method") ?? head.method;
  const routed = routeRequest({ routes, target, head: { ...head, method } });
  const stages = routed.kind === "pipeline" ? routed.stages.map(({ route }) => route) : [];
  const candidates = routed.kind === "handler" ? [routed.route] : stages;
  return candidates.find(({ isHandler, entry }) => isHandler && entry.delegateCors) ?? null;
}

function isPreflight(head: CheckedHead): boolean {
  return head.method === "OPTIONS" && headerOf(head.headers, "access-control-request-method") !== null;
}

function wantsWebSocket({ rawHeaders }: RequestHead): boolean {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.length !== 7 || rawHeaders[at]?.toLowerCase() !== "upgrade") continue;
    if (rawHeaders[at + 1]?.toLowerCase().includes("websocket") === true) return true;
  }
  return false;
}
