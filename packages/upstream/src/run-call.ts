import {
  Cancellation,
  type CancelSignal,
  headerOf,
  type AnswerEnd,
  type UpstreamConnections,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamResponse,
} from "@octavo/http-wire";
import { err, ok, type Result } from "@octavo/result";
import { deadlineOf, withDeadline } from "./deadline.ts";
import { decideRetry, type FirstAttempt, isWithinBudget, NOT_PROCESSED_HEADER } from "./decide-retry.ts";
import { type FailureKind, gatewayFailure, type GatewayFailure } from "./gateway-failure.ts";
import type { Instance } from "./instance.ts";
import type { ModulePool, UpstreamClock } from "./module-pool.ts";
import type { UpstreamLimits } from "./limits.ts";
import { repeatableBody, watch, WatchedBody } from "./watched-body.ts";

/** What the route says about a call; null takes the default. */
export interface RoutePolicy {
  readonly tenantId: string;
  readonly firstByteMs: number | null;
  readonly bodyIdleMs: number | null;
  /** Milliseconds since 1970. */
  readonly deadline: number | null;
  /** The route is declared safe to repeat for requests with an Idempotency-Key, whatever their method. */
  readonly isRepeatable: boolean;
}

export interface UpstreamAnswer extends UpstreamResponse {
  readonly instanceId: string;
  readonly url: string;
  /** 1, or 2 where a first attempt was repeated. */
  readonly attempts: number;
}

export interface CallSurroundings {
  readonly connections: UpstreamConnections;
  readonly clock: UpstreamClock;
  readonly limits: UpstreamLimits;
}

/** One request to a module: a slot, an attempt, perhaps a second one. A slot is held until its answer has ended. */
export class Call {
  readonly #pool: ModulePool;
  readonly #around: CallSurroundings;
  readonly #request: UpstreamRequest;
  readonly #route: RoutePolicy;
  readonly #body: WatchedBody | Uint8Array | null;
  readonly #deadline: number | null;
  readonly #rawHeaders: readonly string[];
  /** Where there is a deadline: aborted by it, or with the client. */
  readonly #expiry: Cancellation | null;
  readonly #signal: CancelSignal;
  #attempts = 0;

  constructor(pool: ModulePool, around: CallSurroundings, request: UpstreamRequest, route: RoutePolicy) {
    this.#pool = pool;
    this.#around = around;
    this.#request = request;
    this.#route = route;
    this.#body = watch(request.body);
    this.#deadline = deadlineOf(request.rawHeaders, route.deadline);
    this.#rawHeaders = withDeadline(request.rawHeaders, this.#deadline);
    this.#expiry = this.#deadline === null ? null : new Cancellation();
    this.#signal = this.#expiry ?? request.signal;
  }

  run(): Promise<Result<UpstreamAnswer, GatewayFailure>> {
    return this.#deadline === null || this.#expiry === null
      ? this.#attemptTwice()
      : this.#attemptUntil(this.#deadline, this.#expiry);
  }

  async #attemptUntil(
    deadline: number,
    expiry: Cancellation,
  ): Promise<Result<UpstreamAnswer, GatewayFailure>> {
    const left = deadline - this.#around.clock.now();
    if (left <= 0) return this.#failure("deadline", "it had passed before", false, null);
    const { signal } = this.#request;
    const abort = () => expiry.abort();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    const timer = setTimeout(abort, Math.min(left, 2 ** 31 - 1));
    let ended: Promise<unknown> = Promise.resolve();
    try {
      const outcome = await this.#attemptTwice();
      if (outcome.ok) ended = outcome.value.ended;
      return outcome;
    } finally {
      clearTimeout(timer);
      void ended.then(() => signal.removeEventListener("abort", abort));
    }
  }

  async #attemptTwice(): Promise<Result<UpstreamAnswer, GatewayFailure>> {
    const { tenantId } = this.#route;
    const taken = this.#pool.take(tenantId, this.#signal);
    const instance = taken instanceof Promise ? await taken : taken;
    if (typeof instance === "string") return this.#failure(instance, "no slot", false, null);
    const first = await this.#attempt(instance, false, false);
    const again = this.#retry(first, instance);
    if (again === null) return this.#outcome(first, instance);
    const isReset = !first.ok && first.error.kind === "reset";
    this.#pool.retried(instance, first.ok ? String(first.value.status) : first.error.kind);
    if (first.ok) first.value.abandon();
    // Where one kept connection was closed, its neighbours may be: this one must be new.
    return this.#outcome(await this.#attempt(again, true, isReset), again);
  }

  /** @returns the slot of the second attempt; null where there is none */
  #retry(first: Result<UpstreamResponse, UpstreamFailure>, failed: Instance): Instance | null {
    if (this.#signal.aborted) return null;
    const { limits } = this.#around;
    const decision = decideRetry(firstAttempt(first), {
      method: this.#request.method,
      hasIdempotencyKey: this.#route.isRepeatable && headerOf(this.#rawHeaders, "idempotency-key") !== null,
      body: repeatableBody(this.#body, limits.retry.replayBytes),
    });
    if (decision === "no") return null;
    const isCounted = first.ok || first.error.wasSent;
    const { retriesInFlight, inFlight } = this.#pool;
    if (isCounted && !isWithinBudget(retriesInFlight, inFlight, limits.retry)) return null;
    return this.#pool.takeForRetry(this.#route.tenantId, failed, {
      mayBeSame: decision === "anywhere",
      mayBeEjected: !first.ok && !first.error.wasSent,
    });
  }

  async #attempt(
    instance: Instance,
    isRetry: boolean,
    isOnNewConnection: boolean,
  ): Promise<Result<UpstreamResponse, UpstreamFailure>> {
    const { connections, clock, limits } = this.#around;
    const { tenantId, firstByteMs, bodyIdleMs } = this.#route;
    const { method, target, contentLength, expectsContinue = false } = this.#request;
    this.#attempts += 1;
    const wasEjected = this.#pool.isEjected(instance);
    const startedAt = clock.now();
    const isQuick = this.#isQuick();
    if (isQuick) instance.owe(startedAt);
    const sent = connections.send(
      instance.origin,
      {
        method,
        target: instance.basePath === "" ? target : instance.basePath + target,
        rawHeaders: this.#rawHeaders,
        body: this.#body,
        contentLength,
        signal: this.#signal,
        expectsContinue,
        isOnNewConnection,
      },
      {
        connectMs: limits.connectMs,
        firstByteMs: firstByteMs ?? limits.firstByteMs,
        bodyIdleMs: bodyIdleMs ?? limits.bodyIdleMs,
      },
    );
    let result: Result<UpstreamResponse, UpstreamFailure>;
    try {
      result = await sent;
    } catch (error) {
      if (isQuick) instance.settle();
      this.#pool.release(instance, tenantId, isRetry);
      throw error; // the client's body broke off: the listener's to answer
    }
    if (isQuick) instance.settle();
    if (!result.ok) {
      if (isSlow(result.error)) this.#pool.observeLatency(instance, clock.now() - startedAt);
      if (isInstancesFault(result.error)) this.#pool.record(instance, "failed", wasEjected);
      this.#pool.release(instance, tenantId, isRetry);
      return result;
    }
    const answeredAt = clock.now();
    instance.hear(answeredAt);
    if (isQuick) this.#pool.observeLatency(instance, answeredAt - startedAt);
    if (result.value.whole === null) void this.#releaseAtEnd(instance, result.value, isRetry, wasEjected);
    else this.#release(instance, "complete", isRetry, wasEjected);
    return result;
  }

  async #releaseAtEnd(
    instance: Instance,
    answer: UpstreamResponse,
    isRetry: boolean,
    wasEjected: boolean,
  ): Promise<void> {
    this.#release(instance, await answer.ended, isRetry, wasEjected);
  }

  #release(instance: Instance, end: AnswerEnd, isRetry: boolean, wasEjected: boolean): void {
    this.#pool.record(instance, end, wasEjected);
    this.#pool.release(instance, this.#route.tenantId, isRetry);
  }

  /** Whether its time says something about the module: that of a large body is the client's. */
  #isQuick(): boolean {
    if (!(this.#body instanceof WatchedBody)) return true;
    const { contentLength } = this.#request;
    return contentLength !== null && contentLength <= this.#around.limits.retry.replayBytes;
  }

  #outcome(
    result: Result<UpstreamResponse, UpstreamFailure>,
    instance: Instance,
  ): Result<UpstreamAnswer, GatewayFailure> {
    if (!result.ok) {
      const { kind, detail, wasSent } = result.error;
      return this.#failure(kind, detail, wasSent, instance);
    }
    const answer = result.value;
    const { status, rawHeaders, body, whole, contentLength, ended } = answer;
    return ok({
      status,
      rawHeaders,
      body,
      whole,
      contentLength,
      ended,
      abandon: () => answer.abandon(),
      instanceId: instance.instanceId,
      url: instance.url,
      attempts: this.#attempts,
    });
  }

  #failure(
    kind: FailureKind,
    detail: string,
    wasSent: boolean,
    instance: Instance | null,
  ): Result<UpstreamAnswer, GatewayFailure> {
    const { method, target, signal } = this.#request;
    const isExpired = kind === "aborted" && !signal.aborted && this.#expiry?.aborted === true;
    return err(
      gatewayFailure({
        kind: isExpired ? "deadline" : kind,
        moduleId: this.#pool.moduleId,
        method,
        target,
        wasSent,
        instance,
        attempts: this.#attempts,
        detail,
      }),
    );
  }
}

function firstAttempt(result: Result<UpstreamResponse, UpstreamFailure>): FirstAttempt {
  if (!result.ok) return { kind: "failed", failure: result.error };
  const { status, rawHeaders } = result.value;
  return {
    kind: "answered",
    status,
    hasRetryAfter: status === 503 && headerOf(rawHeaders, "retry-after") !== null,
    isNotProcessed: status === 503 && headerOf(rawHeaders, NOT_PROCESSED_HEADER.toLowerCase()) === "true",
  };
}

/** A kept connection that was closed just then is no fault; that somebody did not wait is none either. */
function isInstancesFault({ kind, wasReused }: UpstreamFailure): boolean {
  return kind !== "aborted" && !(kind === "reset" && wasReused);
}

/** It took so long that somebody gave up: the answer would have taken longer still. Without this a frozen instance of
 * which clients tire before our own timeout would look fast. */
function isSlow({ kind }: UpstreamFailure): boolean {
  return kind === "first-byte-timeout" || kind === "connect-timeout" || kind === "aborted";
}
