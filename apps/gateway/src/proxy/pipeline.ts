import { type BodySource, headerOf, type UpstreamRequest, type UpstreamResponse } from "@octavo/http-wire";
import { assert } from "@octavo/result";
import type { Stage } from "@octavo/routing";
import { answerFailure } from "./answer-failure.ts";
import type { AuthDecision } from "./auth-cache.ts";
import { rememberDecision, rememberedDecision } from "./auth-memory.ts";
import type { DataPlane } from "./data-plane.ts";
import { moduleHeaders } from "./module-headers.ts";
import { permissionsOfStages } from "./module-permissions.ts";
import type { ModuleRequest } from "./module-request.ts";
import { pipelineAnswer } from "./pipeline-answer.ts";
import { runningModule } from "./running-module.ts";
import { NO_MODULE, refuse } from "./refuse.ts";
import { relayAnswer } from "./relay-answer.ts";
import { BUFFER_BYTES, type SentBody, StageBody } from "./stage-body.ts";
import { StageHeaders } from "./stage-headers.ts";
import { isOk, stagesAfter } from "./stage-rules.ts";
import { StageVerdicts } from "./stage-verdicts.ts";
import { abandonUnread, ignoreBody, ignoreCall } from "./unwanted-answer.ts";

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
  readonly #verdicts: StageVerdicts;
  /** Those that came and may still hold a connection and a slot. */
  readonly #answers = new Set<UpstreamResponse>();

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
    const remembered = decision === null ? rememberedDecision(plane, request, stages) : null;
    const known = decision ?? remembered;
    this.#rest = remembered === null ? stages : stages.filter(({ route }) => route.entry.phase !== "auth");
    this.#verdicts = new StageVerdicts(known);
    if (known !== null) {
      request.exchange.userId = known.userId;
      if (known.userId !== null) this.#headers.set("X-Okapi-User-Id", known.userId);
      if (known.permissions !== null) this.#headers.set("X-Okapi-Permissions", known.permissions);
    }
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        const [stage, ...rest] = this.#rest;
        if (stage === undefined) {
          refuse(this.#request, "route", 404, NO_MODULE);
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
        refuse(
          this.#request,
          "route",
          500,
          `Bad proxy type ${entry.type} in module ${stage.route.module.id}`,
        );
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
    const refusal = await this.#verdicts.keep(stage, answer);
    if (refusal !== null) this.#body.replaceByBytes(refusal);
    return false;
  }

  /** The answer's body is passed over: the next stage gets what this one got. */
  async #requestOnly(stage: Stage, sent: SentBody): Promise<boolean> {
    const answer = await this.#call(stage, sent);
    if (answer === null) return true;
    this.#rest = stagesAfter(stage, answer.status, this.#rest);
    if (this.#rest.length > 0) {
      if (!this.#learn(stage, answer)) return true;
      await this.#verdicts.keep(stage, answer);
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
      await this.#verdicts.keep(stage, answer);
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
    if (isClients) refuse(this.#request, "body", 413, `The request body is larger than ${bound}`);
    else refuse(this.#request, "upstream", 502, `A module's answer is larger than ${bound}`);
    return true;
  }

  #ignore(answer: UpstreamResponse): void {
    this.#answers.delete(answer);
    void ignoreBody(answer);
  }

  /** @returns null where that failed, and the client was told */
  async #call(stage: Stage, sent: SentBody): Promise<UpstreamResponse | null> {
    const { exchange } = this.#request;
    exchange.asks();
    const answer = await this.#send(stage, sent);
    exchange.hears(stage.route, this.#targetOf(stage), answer);
    if (answer.ok) {
      this.#answers.add(answer.value);
      return answer.value;
    }
    answerFailure(this.#plane, this.#request, answer.error);
    return null;
  }

  #send(stage: Stage, { body, contentLength }: SentBody) {
    const { head, sink, snapshot, routes, token } = this.#request;
    const { handler, refusal } = this.#verdicts;
    const { module } = stage.route;
    const running = runningModule(snapshot, module.id);
    assert(running !== null, "that each stage's module runs was looked up before the first");
    const request: UpstreamRequest = {
      method: head.method,
      target: this.#targetOf(stage),
      rawHeaders: this.#headers.forStage(stage, {
        token: this.#verdicts.tokenOf(stage, token),
        permissions: () => this.#permissions(),
        additionalToken: head.okapi.additionalToken,
        handler,
        failedAuth: refusal?.isAuth === true ? refusal : null,
      }),
      body,
      contentLength,
      signal: sink.gone,
    };
    return this.#plane.upstreams.send(running, request, routes.policies.of(stage.route, head.method));
  }

  #targetOf({ route, target }: Stage): string {
    return (route.entry.rewritePath ?? "") + target;
  }

  #permissions() {
    const { tenant, token, routes } = this.#request;
    return permissionsOfStages(this.#stages, tenant.id, token !== null, routes.namesPermissionSets);
  }

  /** @returns false where an auth filter's answer cannot be read, and the client was told */
  #learn(stage: Stage, answer: UpstreamResponse): boolean {
    const isAuth = stage.route.entry.phase === "auth";
    this.#headers.learn(answer.rawHeaders, isAuth);
    if (!isAuth) return true;
    const learned = this.#verdicts.learn(answer);
    if (learned.ok) {
      this.#request.exchange.userId = headerOf(answer.rawHeaders, "x-okapi-user-id");
      return true;
    }
    refuse(
      this.#request,
      "upstream",
      502,
      `The answer of ${stage.route.module.id} cannot be used: ${learned.error}`,
    );
    return false;
  }

  #remember(): void {
    const learned = this.#verdicts.takeLearned();
    if (learned !== null) rememberDecision(this.#plane, this.#request, this.#stages, learned);
  }

  async #finish(
    stage: Stage,
    answer: UpstreamResponse | null,
    body: BodySource | Uint8Array | null,
    contentLength: number | null,
  ): Promise<true> {
    const { head, token } = this.#request;
    const given = pipelineAnswer(head.method, this.#verdicts, { answer, body, contentLength });
    // A body that the client does not get still holds a connection and a slot.
    if (answer !== null && answer.body !== given.body) this.#ignore(answer);
    await relayAnswer(this.#request, given, this.#verdicts.tokenOf(stage, token));
    return true;
  }
}
