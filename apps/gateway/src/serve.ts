import {
  BodyFailure,
  type CheckedHead,
  checkHead,
  type HeaderList,
  headerOf,
  type ResponseSink,
  type Serve,
} from "@octavo/http-wire";
import type { Caller } from "@octavo/identity";
import { corsFor, type CorsPolicy } from "./cors.ts";
import type { Log } from "./log.ts";
import { type Answer, answerOf, formFor, refusalAnswer } from "./management/answer.ts";
import { type CallerOfTenant, dispatch, type Dispatched, type HandlerTable } from "./management/dispatch.ts";
import type { Refusal } from "./management/handler.ts";
import type { Platform } from "./management/platform.ts";
import { requestIdFor } from "./management/request-id.ts";
import { isForModules, type ServeModules } from "./proxy/serve-modules.ts";

/** One request from gate to answer: what it means, then a module's, or for management: whom a browser asks for, who calls. */
export function createServe(
  platform: Platform,
  handlers: HandlerTable,
  serveModules: ServeModules,
  callerOfTenant: CallerOfTenant,
): Serve {
  const { config, log } = platform;
  const policy: CorsPolicy = { origins: config.corsOrigins, reflectsAll: config.managementAuth === "open" };
  return async (head, body, sink) => {
    const checked = checkHead(head);
    if (!checked.ok) {
      log.info({ because: checked.error.message, remoteAddress: head.remoteAddress }, "request refused");
      sink.send(
        checked.error.status,
        ["Content-Type", "text/plain", "Connection", "close"],
        checked.error.message,
      );
      return;
    }
    const { path, okapi } = checked.value;
    if (isForModules(path, okapi.moduleId)) return serveModules(head, checked.value, body, sink);
    const cors = corsFor(checked.value, policy);
    if (cors.kind === "preflight") {
      sink.send(204, cors.headers, "");
      return;
    }
    const requestId = requestIdFor(checked.value.path, checked.value.okapi.requestId);
    const started = performance.now();
    const dispatched = await carryOut({ head: checked.value, body, requestId });
    const answer = answerTo(checked.value, dispatched, requestId, platform);
    send(sink, answer, [...cors.headers, "X-Octavo-Request-Id", requestId]);
    logRequest(log, checked.value, dispatched, answer.status, requestId, performance.now() - started);
  };

  async function carryOut(request: Parameters<typeof dispatch>[0]): Promise<Dispatched> {
    try {
      return await dispatch(request, handlers, platform, callerOfTenant);
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
      return { operation: null, caller: null, outcome: { ok: false, error: refusal } };
    }
  }
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

function send(sink: ResponseSink, answer: Answer, more: HeaderList): void {
  sink.send(answer.status, [...answer.headers, ...more], answer.body);
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
