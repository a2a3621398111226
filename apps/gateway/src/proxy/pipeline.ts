import { type BodySource, headerOf, type UpstreamRequest, type UpstreamResponse } from "@octavo/http-wire";
import { assert } from "@octavo/result";
import { pathEnd, type Stage } from "@octavo/routing";
import { answerFailure } from "./answer-failure.ts";
import { type AuthDecision, authCacheKey } from "./auth-cache.ts";
import type { DataPlane } from "./data-plane.ts";
import { moduleHeaders } from "./module-headers.ts";
import { permissionsOfStages } from "./module-permissions.ts";
import type { ModuleRequest } from "./module-request.ts";
import { readModuleTokens, tokenFor } from "./module-tokens.ts";
import { runningModule } from "./running-module.ts";
import { NO_MODULE, refuse } from "./refuse.ts";
import { type ClientAnswer, relayAnswer } from "./relay-answer.ts";
import { BUFFER_BYTES, type SentBody, StageBody } from "./stage-body.ts";
import { StageHeaders, type StageResult } from "./stage-headers.ts";
import { isOk, stagesAfter } from "./stage-rules.ts";
import { abandonUnread, ignoreBody, ignoreCall } from "./unwanted-answer.ts";

/** A refusal is a sentence. */
const REFUSAL_BYTES = 1024 * 1024;

/** An answer that keeps the handler from being called, and is the client's. */
interface StageRefusal extends StageResult {
  readonly body: Uint8Array;
  readonly isAuth: boolean;
}

/** One request on its way through its stages.
 * `#rest` are those that have yet to run. Each stage either leads to the next one, with what it answered as headers and,
 * for some types, as the body; or it is the last, or fails, and then the client is answered and nothing else happens.
 * @see okapi-eureka.md 2.3 to 2.5; Okapi: ProxyService.proxyR */
export class Pipeline {
  readonly #plane: DataPlane;
  readonly #request: ModuleRequest;
  readonly #stages: readonly Stage[];
  #rest: readonly Stage[];
  readonly #headers: StageHeaders;
  readonly #body: StageBody;
  /** By module id; a module without an entry gets the caller's own. */
  #tokens: ReadonlyMap<string, string | null>;
  #handler: StageResult | null = null;
  #refusal: StageRefusal | null = null;
  /** Those that came and may still hold a connection and a slot. */
  readonly #answers = new Set<UpstreamResponse>();
  /** What auth filters have said so far, to be remembered when all have agreed. */
  #learned: AuthDecision | null = null;

  /** @param decision who calls, where it was decided in process; null where the tenant's auth filter is to decide */
  constructor(
    plane: DataPlane,
    request: ModuleRequest,
    stages: readonly Stage[],
    decision: AuthDecision | null,
  ) {
    this.#plane = plane;
    this.#request = request;
    this.#stages = stages;
    this.#headers = new StageHeaders(moduleHeaders(request, plane.url));
    const { framing } = request.head;
    this.#body = new StageBody({
      body: framing.kind === "none" ? null : request.body,
      contentLength: framing.kind === "length" ? framing.bytes : null,
    });
    const remembered = decision === null ? this.#rememberedDecision() : null;
    const known = decision ?? remembered;
    this.#rest = remembered === null ? stages : stages.filter(({ route }) => route.entry.phase !== "auth");
    this.#tokens = known?.tokens ?? new Map();
    if (known !== null) {
      if (known.userId !== null) this.#headers.set("X-Okapi-User-Id", known.userId);
      if (known.permissions !== null) this.#headers.set("X-Okapi-Permissions", known.permissions);
    }
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        const [stage, ...rest] = this.#rest;
        if (stage === undefined) {
          refuse(this.#request, 404, NO_MODULE);
          return;
        }
        this.#rest = rest;
        if (await this.#answersClient(stage)) return;
      }
    } finally {
      this.#body.endTaps();
      abandonUnread(this.#answers);
    }
  }

  /** Runs one stage.
   * @returns whether the client has been answered */
  #answersClient(stage: Stage): boolean | Promise<boolean> {
    const { entry } = stage.route;
    if (entry.phase !== "auth") this.#remember();
    switch (entry.type) {
      case "request-response":
      case "system":
        return this.#requestResponse(stage, this.#body.take());
      case "request-response-1.0":
        return this.#buffered((sent) => this.#requestResponse(stage, sent), stage);
      case "request-only":
        return this.#buffered((sent) => this.#requestOnly(stage, sent), stage);
      case "headers":
        return this.#headersOnly(stage);
      case "request-log":
        return this.#requestLog(stage);
      case "redirect":
        return false; // what it leads to are stages of their own
      case "internal":
        refuse(this.#request, 500, `Bad proxy type ${entry.type} in module ${stage.route.module.id}`);
        return true;
    }
  }

  async #requestResponse(stage: Stage, sent: SentBody): Promise<boolean> {
    const answer = await this.#call(stage, sent);
    if (answer === null) return true;
    this.#rest = stagesAfter(stage, answer.status, this.#rest);
    const isStopped = headerOf(answer.rawHeaders, "x-okapi-stop") !== null;
    if (isStopped || this.#rest.length === 0)
      return this.#finish(stage, answer, answer.body, answer.contentLength);
    if (!this.#learn(stage, answer)) return true;
    this.#headers.set("Content-Type", headerOf(answer.rawHeaders, "content-type"));
    this.#body.replace(answer);
    await this.#keepResult(stage, answer);
    // Its body has been read to be kept.
    if (this.#refusal?.headers === answer.rawHeaders) this.#body.replaceByBytes(this.#refusal.body);
    return false;
  }

  /** The answer's body is passed over: the next stage gets what this one got. */
  async #requestOnly(stage: Stage, sent: SentBody): Promise<boolean> {
    const answer = await this.#call(stage, sent);
    if (answer === null) return true;
    this.#rest = stagesAfter(stage, answer.status, this.#rest);
    if (this.#rest.length > 0) {
      if (!this.#learn(stage, answer)) return true;
      await this.#keepResult(stage, answer);
      this.#ignore(answer);
      return false;
    }
    const isRefusal = stage.route.entry.phase === "auth" && !isOk(answer.status);
    if (isRefusal) return this.#finish(stage, answer, answer.body, answer.contentLength);
    this.#ignore(answer);
    return this.#finish(stage, answer, sent.body, sent.contentLength);
  }

  /** The module gets no body, and its own is passed over. */
  async #headersOnly(stage: Stage): Promise<boolean> {
    const answer = await this.#call(stage, { body: null, contentLength: null });
    if (answer === null) return true;
    this.#rest = stagesAfter(stage, answer.status, this.#rest);
    if (this.#rest.length > 0) {
      if (!this.#learn(stage, answer)) return true;
      await this.#keepResult(stage, answer);
      this.#ignore(answer);
      return false;
    }
    if (!isOk(answer.status)) return this.#finish(stage, answer, answer.body, answer.contentLength);
    this.#ignore(answer);
    const { body, contentLength } = this.#body.take();
    return this.#finish(stage, answer, body, contentLength);
  }

  /** Sent and forgotten. */
  async #requestLog(stage: Stage): Promise<boolean> {
    const { sent, tap } = this.#body.tap();
    void ignoreCall(this.#send(stage, sent), tap);
    if (this.#rest.length > 0) return false;
    const { body, contentLength } = this.#body.take();
    return this.#finish(stage, null, body, contentLength);
  }

  async #buffered(run: (sent: SentBody) => Promise<boolean>, { route }: Stage): Promise<boolean> {
    const { isClients } = this.#body;
    const sent = await this.#body.buffer();
    if (sent !== null) return run(sent);
    const bound = `${BUFFER_BYTES} bytes, which ${route.module.id} is to get at once`;
    if (isClients) refuse(this.#request, 413, `The request body is larger than ${bound}`);
    else refuse(this.#request, 502, `A module's answer is larger than ${bound}`);
    return true;
  }

  #ignore(answer: UpstreamResponse): void {
    this.#answers.delete(answer);
    void ignoreBody(answer);
  }

  /** @returns null where that failed, and the client was told */
  async #call(stage: Stage, sent: SentBody): Promise<UpstreamResponse | null> {
    const answer = await this.#send(stage, sent);
    if (answer.ok) {
      this.#answers.add(answer.value);
      return answer.value;
    }
    answerFailure(this.#plane, this.#request, answer.error);
    return null;
  }

  #send(stage: Stage, { body, contentLength }: SentBody) {
    const { head, sink, snapshot, routes } = this.#request;
    const { module, entry } = stage.route;
    const running = runningModule(snapshot, module.id);
    assert(running !== null, "that each stage's module runs was looked up before the first");
    const request: UpstreamRequest = {
      method: head.method,
      target: (entry.rewritePath ?? "") + stage.target,
      rawHeaders: this.#headers.forStage(stage, {
        token: this.#tokenOf(stage),
        permissions: () => this.#permissions(),
        additionalToken: head.okapi.additionalToken,
        handler: this.#handler,
        failedAuth: this.#refusal?.isAuth === true ? this.#refusal : null,
      }),
      body,
      contentLength,
      signal: sink.gone,
    };
    return this.#plane.upstreams.send(running, request, routes.policy);
  }

  #tokenOf({ route }: Stage): string | null {
    const token = route.entry.phase === "auth" ? undefined : tokenFor(this.#tokens, route.module.id);
    return token === undefined ? this.#request.token : token;
  }

  #permissions() {
    const { tenant, token, routes } = this.#request;
    return permissionsOfStages(this.#stages, tenant.id, token !== null, routes.namesPermissionSets);
  }

  /** @returns false where an auth filter's answer cannot be read, and the client was told */
  #learn(stage: Stage, answer: UpstreamResponse): boolean {
    const { status, rawHeaders } = answer;
    const isAuth = stage.route.entry.phase === "auth";
    this.#headers.learn(rawHeaders, isAuth);
    if (!isAuth) return true;
    const tokens = readModuleTokens(rawHeaders);
    if (!tokens.ok) {
      refuse(this.#request, 502, `The answer of ${stage.route.module.id} cannot be used: ${tokens.error}`);
      return false;
    }
    this.#tokens = new Map([...this.#tokens, ...tokens.value]);
    if (!isOk(status) || tokens.value.size === 0) return true;
    this.#learned = {
      userId: headerOf(rawHeaders, "x-okapi-user-id") ?? this.#learned?.userId ?? null,
      permissions: headerOf(rawHeaders, "x-okapi-permissions") ?? this.#learned?.permissions ?? null,
      tokens: this.#tokens,
    };
    return true;
  }

  /** The handler's answer is the client's, and so is that of a filter that kept it from being called: whatever pre and post
   * filters say behind them. (In Okapi the last of those speaks for a filter without a phase that has refused.) */
  async #keepResult(stage: Stage, answer: UpstreamResponse): Promise<void> {
    const { status, rawHeaders } = answer;
    const { phase } = stage.route.entry;
    if (stage.route.isHandler) {
      this.#handler = { status, headers: rawHeaders };
    } else if (!isOk(status) && phase !== "pre" && phase !== "post") {
      const body = await refusalBody(answer);
      this.#refusal = { status, headers: rawHeaders, body, isAuth: phase === "auth" };
      this.#learned = null;
    }
  }

  #rememberedDecision(): AuthDecision | null {
    const key = this.#cacheKey();
    const { routes } = this.#request;
    return key === null ? null : this.#plane.authCache.find(key, routes, this.#stages, performance.now());
  }

  #remember(): void {
    const decision = this.#learned;
    this.#learned = null;
    const key = decision === null || this.#refusal !== null ? null : this.#cacheKey();
    if (decision === null || key === null) return;
    const { authCache } = this.#plane;
    authCache.keep(key, this.#request.routes, this.#stages, decision, performance.now());
  }

  /** @returns null where the decision is not one to be remembered: without a token, or with a second one */
  #cacheKey(): string | null {
    const { token, head, tenant } = this.#request;
    const handler = this.#stages.findLast(({ route }) => route.isHandler);
    if (token === null || head.okapi.additionalToken !== null || handler === undefined) return null;
    const path = handler.target.slice(0, pathEnd(handler.target));
    return authCacheKey(tenant.id, head.method, this.#stages, handler.route, path, token);
  }

  /** Answers the client: status and headers of the handler, or of the auth filter that refused, or of the last stage.
   * @param answer of the last stage; null where it has none */
  async #finish(
    stage: Stage,
    answer: UpstreamResponse | null,
    body: BodySource | Uint8Array | null,
    contentLength: number | null,
  ): Promise<true> {
    const ofLast = { status: answer?.status ?? 200, headers: answer?.rawHeaders ?? [] };
    const { status, headers } = this.#handler ?? this.#refusal ?? ofLast;
    const content = (this.#handler === null ? this.#refusal?.body : null) ?? body;
    const hasBody = this.#request.head.method !== "HEAD" && status !== 204 && status !== 304;
    const isAnswersOwn = content === answer?.body;
    const given: ClientAnswer = {
      status,
      rawHeaders: headers,
      body: hasBody ? (content instanceof Uint8Array ? [content] : content) : null,
      contentLength:
        content instanceof Uint8Array
          ? content.length
          : content === null && !isAnswersOwn
            ? 0
            : contentLength,
    };
    if (answer !== null && !isAnswersOwn) this.#ignore(answer);
    await relayAnswer(this.#request, given, this.#tokenOf(stage));
    return true;
  }
}

async function refusalBody(answer: UpstreamResponse): Promise<Uint8Array> {
  const bytes = (await answer.body?.readAll(REFUSAL_BYTES)) ?? null;
  if (bytes === null) answer.abandon();
  return bytes ?? new Uint8Array();
}
