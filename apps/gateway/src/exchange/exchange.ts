// exchange.ts runs for every request: one object of one shape, all fields set, filled in on the way.
import { AnswerFailure, BodyFailure, type IncomingBody, type ResponseSink } from "@octavo/http-wire";
import type { Result } from "@octavo/result";
import type { Route } from "@octavo/routing";
import type { GatewayFailure, UpstreamAnswer } from "@octavo/upstream";
import type { Span } from "@opentelemetry/api";
import type { TraceContext } from "../tracing/trace-context.ts";
import { okapiTrace } from "./okapi-trace.ts";

/** Why the gateway has answered in its own name: the head means nothing clear, whose request it is, who may, where it
 * goes, its body, too many at once, or a module that did not answer. */
export type RefusalReason = "gate" | "tenant" | "auth" | "route" | "body" | "shed" | "behind" | "upstream";

/** Why an exchange ended before its end. */
export type ExchangeBreak =
  | `client-${"gone" | "too-slow" | "malformed"}`
  | `module-${AnswerFailure["kind"]}`
  | "failed";

/** A request and its answer as metrics, the access log and traces see them. Times are milliseconds of this process's
 * monotonic clock. Nothing of a header's value, a query or a body is ever in here, but ids. */
export class Exchange {
  readonly method: string;
  readonly startedAt = performance.now();
  kind: "management" | "module" = "management";
  /** As sent, without the query; null until the gate has passed it. */
  path: string | null = null;
  requestId: string | null = null;
  /** Of W3C trace context, where the request is part of a trace. */
  traceId: string | null = null;
  /** What modules are told of it, where there are spans of ours. */
  trace: TraceContext | null = null;
  /** Ours of this exchange. */
  span: Span | null = null;
  tenantId: string | null = null;
  userId: string | null = null;
  /** The module of the handler; before it has answered, the last one that was asked. */
  moduleId: string | null = null;
  instanceId: string | null = null;
  /** The route that was taken, as its descriptor or the table of operations has it. */
  route: string | null = null;
  /** Requests that were begun for the module: 2 where the first was repeated. */
  attempts = 0;
  /** From asking the module to the head of its answer; null without one. */
  firstByteMs: number | null = null;
  /** What all the waiting for heads of modules' answers took. */
  awaitedMs = 0;
  /** Another process answers it, and counts and tells it. */
  isForwarded = false;
  refusal: RefusalReason | null = null;
  brokenBy: ExchangeBreak | null = null;
  /** For X-Okapi-Trace; null where nobody wants them. */
  readonly traceLines: string[] | null;

  // Known at the end.
  endedAt = 0;
  /** 0 where no answer was begun. */
  status = 0;
  receivedBytes = 0;
  sentBytes = 0;

  #askedAt = 0;
  #heardAt = 0;

  constructor(method: string, hasTraceLines: boolean) {
    this.method = method;
    this.traceLines = hasTraceLines ? [] : null;
  }

  /** A module has the request from now on. */
  asks(): void {
    this.#askedAt = performance.now();
  }

  /** The head of its answer is there, or none will come.
   * @param target as the module got it */
  hears(
    { isHandler, module, entry }: Route,
    target: string,
    answered: Result<UpstreamAnswer, GatewayFailure>,
  ): void {
    this.#heardAt = performance.now();
    const ms = this.#heardAt - this.#askedAt;
    this.awaitedMs += ms;
    if (isHandler || this.route === null) {
      const { instanceId, attempts } = answered.ok ? answered.value : answered.error;
      this.moduleId = module.id;
      this.instanceId = instanceId;
      this.attempts = attempts;
      this.firstByteMs = answered.ok ? ms : null;
      if (isHandler) this.route = entry.pathPattern ?? entry.path;
    }
    if (this.traceLines === null || !answered.ok) return;
    const { url, status } = answered.value;
    this.traceLines.push(
      okapiTrace({ method: this.method, moduleId: module.id, url: url + target, status, ms }),
    );
  }

  /** What the gateway itself has spent: all but the wait for modules, up to the head of the last one's answer. */
  get gatewayMs(): number {
    const until = this.#heardAt === 0 ? this.endedAt : this.#heardAt;
    return Math.max(0, until - this.startedAt - this.awaitedMs);
  }

  get totalMs(): number {
    return this.endedAt - this.startedAt;
  }

  ends(body: IncomingBody, sink: ResponseSink): void {
    this.endedAt = performance.now();
    this.status = sink.status;
    this.receivedBytes = body.receivedBytes;
    this.sentBytes = this.method === "HEAD" ? 0 : sink.sentBytes;
    if (sink.gone.aborted) this.brokenBy ??= "client-gone";
  }

  breaksBy(cause: unknown): void {
    if (cause instanceof BodyFailure)
      this.brokenBy = cause.kind === "client-gone" ? "client-gone" : `client-${cause.kind}`;
    else this.brokenBy = cause instanceof AnswerFailure ? `module-${cause.kind}` : "failed";
  }
}
