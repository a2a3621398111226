import {
  BodyFailure,
  type BodySource,
  type CancelSignal,
  type CheckedHead,
  type HeaderList,
  headerOf,
  type ResponseSink,
} from "@octavo/http-wire";
import type { Caller } from "@octavo/identity";
import { internalModuleId, type Operation } from "@octavo/management-api";
import { err } from "@octavo/result";
import { corsFor, type CorsPolicy } from "./cors.ts";
import { eitherSignal } from "./either-signal.ts";
import type { Exchange } from "./exchange/exchange.ts";
import type { ServeExchange } from "./exchange/observe-exchanges.ts";
import { okapiTrace } from "./exchange/okapi-trace.ts";
import type { Freshness } from "./freshness.ts";
import type { Log } from "./log.ts";
import { type Answer, answerOf, formFor, refusalAnswer } from "./management/answer.ts";
import { type CallerOfTenant, dispatch, type Dispatched, type HandlerTable } from "./management/dispatch.ts";
import type { Refusal } from "./management/handler.ts";
import type { Platform } from "./management/platform.ts";
import { WritePace } from "./management/write-pace.ts";
import { type Everywhere, everywhere } from "./management/everywhere.ts";
import { requestIdFor } from "./management/request-id.ts";
import type { ServeModules } from "./proxy/serve-modules.ts";
import { throughGate } from "./through-gate.ts";

/** One request from gate to answer: a module's, or for management: whom a browser asks for, who calls. */
export function createServe(
  platform: Platform,
  handlers: HandlerTable,
  serveModules: ServeModules,
  callerOfTenant: CallerOfTenant,
  freshness: Freshness,
): ServeExchange {
  const { config, log } = platform;
  const pace = new WritePace(config.writesPerSecond, () => performance.now());
  const policy: CorsPolicy = { origins: config.corsOrigins, reflectsAll: config.managementAuth === "open" };
  return throughGate(log, freshness, serveModules, serveManagement);

  async function serveManagement(
    head: CheckedHead,
    body: BodySource,
    sink: ResponseSink,
    exchange: Exchange,
  ): Promise<void> {
    const cors = corsFor(head, policy);
    if (cors.kind === "preflight") {
      sink.send(204, cors.headers, "");
      return;
    }
    const requestId = requestIdFor(head.path, head.okapi.requestId);
    exchange.requestId = requestId;
    const started = performance.now();
    const carriedOut = await carryOut({ head, body, requestId });
    const { operation, outcome, waitFor } = carriedOut;
    const isWritten = operation?.writes === true && outcome.ok;
    const { refusal, headers: told } = isWritten ? await everywhere(waitFor, platform.registry) : UNSAID;
    const dispatched = refusal === null ? carriedOut : { ...carriedOut, outcome: err(refusal) };
    const answer = answerTo(head, dispatched, requestId, platform);
    const ms = performance.now() - started;
    noteOutcome(exchange, dispatched);
    const age = operation?.writes === false && outcome.ok ? ageOf(operation, platform) : [];
    const headers = [...cors.headers, ...told, ...age, "X-Octavo-Request-Id", requestId];
    if (exchange.traceLines !== null) {
      const { method, target: url } = head;
      const { status } = answer;
      headers.push("X-Okapi-Trace", okapiTrace({ method, moduleId: internalModuleId, url, status, ms }));
    }
    const sent = send(sink, answer, headers, platform.draining);
    logRequest(log, head, dispatched, answer.status, requestId, ms);
    await sent;
  }

  async function carryOut(request: Parameters<typeof dispatch>[0]): Promise<Dispatched> {
    try {
      return await dispatch(request, handlers, platform, callerOfTenant, pace);
    } catch (cause) {
      if (cause instanceof BodyFailure) throw cause;
      const { requestId } = request;
      log.error(
        { requestId, error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) },
        "handler failed",
      );
      const refusal: Refusal = {
        kind: "internal",
        message: `The gateway failed; its log says why under ${requestId}`,
      };
      return { operation: null, caller: null, outcome: err(refusal), waitFor: "none" };
    }
  }
}

const UNSAID: Everywhere = { headers: [], refusal: null };

/** Of what is read from this instance's memory while it has no contact to the database. */
function ageOf({ access }: Operation, { registry }: Platform): HeaderList {
  const { contact, clock } = registry;
  if (contact.isUp || contact.lastAt === null || access.kind === "public") return [];
  const seconds = Math.max(0, Math.ceil((clock.now() - Date.parse(contact.lastAt)) / 1000));
  return ["X-Octavo-Age", String(seconds)];
}

function answerTo(
  head: CheckedHead,
  { operation, outcome }: Dispatched,
  requestId: string,
  platform: Platform,
): Answer {
  const answer = outcome.ok
    ? answerOf(outcome.value)
    : refusalAnswer(outcome.error, formFor(headerOf(head.headers, "accept")), requestId);
  if (operation?.writes !== true || headerOf(answer.headers, "x-octavo-revision") !== null) return answer;
  // A write that was carried out is in the snapshot by now.
  const revision = String(platform.registry.snapshot.revision);
  return { ...answer, headers: [...answer.headers, "X-Octavo-Revision", revision] };
}

/** What an operation itself answers with is its outcome, not a refusal. */
function noteOutcome(exchange: Exchange, { operation, caller, outcome }: Dispatched): void {
  exchange.route = operation?.path ?? null;
  if (caller?.kind === "tenant-token") {
    exchange.tenantId = caller.tenantId;
    exchange.userId = caller.userId;
  }
  if (outcome.ok) return;
  const { kind } = outcome.error;
  if (kind === "unauthorized" || kind === "forbidden") exchange.refusal = "auth";
  else if (kind === "too-large") exchange.refusal = "body";
  else if (operation === null && kind === "not-found") exchange.refusal = "route";
}

async function send(
  sink: ResponseSink,
  answer: Answer,
  more: HeaderList,
  draining: CancelSignal,
): Promise<void> {
  const headers = [...answer.headers, ...more];
  const { stream } = answer;
  if (stream === null) {
    sink.send(answer.status, headers, answer.body);
    return;
  }
  const encoder = new TextEncoder();
  sink.start(answer.status, headers, null);
  const over = eitherSignal(sink.gone, draining);
  try {
    for await (const text of stream(over.signal)) {
      if (sink.gone.aborted) return;
      await sink.write(encoder.encode(text));
    }
  } finally {
    over.release();
  }
  sink.end();
}

function logRequest(
  log: Log,
  head: CheckedHead,
  { operation, caller, outcome }: Dispatched,
  status: number,
  requestId: string,
  durationMs: number,
): void {
  const fields = {
    requestId,
    method: head.method,
    // The template: paths hold ids, and a query may hold anything.
    operation: operation?.name ?? null,
    caller: nameOf(caller),
    status,
    durationMs: Math.round(durationMs),
    remoteAddress: head.remoteAddress,
  };
  if (status >= 500 && !outcome.ok) log.warn({ ...fields, because: outcome.error.message }, "request failed");
  else if (operation?.writes === true) log.info(fields, "management call");
  else log.debug(fields, "request");
}

function nameOf(caller: Caller | null): string | null {
  if (caller?.kind === "operator") return `operator:${caller.operatorId}`;
  if (caller?.kind === "tenant-token") return `tenant:${caller.tenantId}`;
  return caller?.kind ?? null;
}
