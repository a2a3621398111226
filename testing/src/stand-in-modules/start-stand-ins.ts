import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { header, pathOf, readText, sendText, startHttpModule } from "../okapi-modules/http-module.ts";
import type { Reply } from "./reply.ts";
import { type CallKind, callKind, type HostedDescriptor } from "./system-interfaces.ts";
import { type Said, TenantJobs } from "./tenant-jobs.ts";

/** One call as it arrived, and when: `began` and `ended` count arrivals and answers of all modules together, so that two
 * calls were under way at once where one's `began` lies between the other's two. */
export interface RecordedCall {
  readonly moduleId: string;
  readonly tenant: string;
  readonly kind: CallKind;
  readonly method: string;
  /** Below the module's base path, with the query. */
  readonly path: string;
  /** Names as they were written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly began: number;
  /** null while there is no answer */
  ended: number | null;
  status: number | null;
}

/** Which calls a script is for; what is left out is any. The one that says most wins, of two such the later. */
export interface Scene {
  readonly moduleId?: string;
  readonly tenant?: string;
  readonly kind?: CallKind;
}

/** One process that answers for many modules, each below a path of its own. Well-behaved at once where no script says
 * otherwise: `_tenant` and `_tenantPermissions` succeed without a job, an auth filter gives a token to each module. */
export interface StandIns {
  /** Where this module is: what discovery is told. */
  urlOf(moduleId: string): string;
  host(descriptors: readonly HostedDescriptor[]): void;
  /** The replies to the next such calls, in this order; the last one stays. */
  script(scene: Scene, ...replies: readonly [Reply, ...Reply[]]): void;
  /** All calls so far, in order of arrival. */
  readonly calls: readonly RecordedCall[];
  /** Resolves when a call for which this is true has arrived. */
  arrival(isIt: (call: RecordedCall) => boolean): Promise<RecordedCall>;
  /** Jobs of `_tenant` 2.0 that nobody has deleted. */
  readonly openJobs: number;
  close(): Promise<void>;
}

export async function startStandIns(descriptors: readonly HostedDescriptor[] = []): Promise<StandIns> {
  const process = new StandInProcess();
  process.host(descriptors);
  const server = await startHttpModule((request, response) => process.handle(request, response));
  return {
    urlOf: (moduleId) => `${server.url}/${moduleId}`,
    host: (more) => process.host(more),
    script: (scene, ...replies) => process.script(scene, replies),
    calls: process.calls,
    arrival: (isIt) => process.arrival(isIt),
    get openJobs() {
      return process.jobs.size;
    },
    close: () => server.close(),
  };
}

class StandInProcess {
  readonly calls: RecordedCall[] = [];
  readonly jobs = new TenantJobs();
  readonly #hosted = new Map<string, HostedDescriptor>();
  readonly #scripts: { readonly scene: Scene; readonly replies: Reply[] }[] = [];
  readonly #awaited = new Set<(call: RecordedCall) => void>();
  #ticks = 0;

  host(descriptors: readonly HostedDescriptor[]): void {
    for (const descriptor of descriptors) this.#hosted.set(descriptor.id, descriptor);
  }

  script(scene: Scene, replies: readonly Reply[]): void {
    this.#scripts.push({ scene, replies: [...replies] });
  }

  arrival(isIt: (call: RecordedCall) => boolean): Promise<RecordedCall> {
    const already = this.calls.find(isIt);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve) => {
      const look = (call: RecordedCall): void => {
        if (!isIt(call)) return;
        this.#awaited.delete(look);
        resolve(call);
      };
      this.#awaited.add(look);
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, moduleId = "", ...rest] = pathOf(request).split("/");
    const base = `/${moduleId}`;
    const descriptor = this.#hosted.get(moduleId);
    const body = await readText(request);
    if (descriptor === undefined) return sendText(response, 404, `no stand-in for module "${moduleId}"`);
    const path = `/${rest.join("/")}`;
    const method = request.method ?? "";
    const isForFilter = header(request, "x-okapi-filter") !== null;
    const call: RecordedCall = {
      moduleId,
      tenant: header(request, "x-okapi-tenant") ?? "",
      kind: callKind(descriptor, { method, path, isForFilter, body }),
      method,
      path: (request.url ?? "").slice(base.length),
      headers: pairs(request.rawHeaders),
      body,
      began: this.#ticks++,
      ended: null,
      status: null,
    };
    this.calls.push(call);
    response.on("finish", () => {
      call.ended = this.#ticks++;
      call.status = response.statusCode;
    });
    for (const look of this.#awaited) look(call);
    await this.#reply(call, path, this.#scripted(call), response);
  }

  /** null: no script speaks of such a call. */
  #scripted(call: RecordedCall): Reply | null {
    const fitting = this.#scripts.filter(({ scene }) => isScene(scene, call));
    const weight = ({ scene }: { readonly scene: Scene }): number => Object.keys(scene).length;
    const best = fitting.toReversed().toSorted((a, b) => weight(b) - weight(a))[0];
    if (best === undefined) return null;
    return (best.replies.length > 1 ? best.replies.shift() : best.replies[0]) ?? null;
  }

  async #reply(
    call: RecordedCall,
    path: string,
    reply: Reply | null,
    response: ServerResponse,
  ): Promise<void> {
    if (reply === null) return send(response, this.#usual(call, path));
    switch (reply.as) {
      case "answer":
        if (reply.afterMs !== undefined) await delay(reply.afterMs, undefined, { ref: false });
        return send(response, { headers: {}, body: "", ...reply });
      case "job":
        return send(response, this.jobs.begin(call.moduleId, path, call.body, reply));
      case "held":
        await reply.until;
        return this.#reply(call, path, reply.reply, response);
      case "hang":
        return;
      case "cut":
        response.destroy();
        return;
      case "half":
        response.writeHead(200, { "Content-Length": "100" });
        response.write("{", () => response.destroy());
    }
  }

  #usual({ kind, moduleId, path: whole }: RecordedCall, path: string): Said {
    const id = path.slice(path.lastIndexOf("/") + 1);
    switch (kind) {
      case "poll":
        return this.jobs.look(moduleId, id);
      case "forget":
        return this.jobs.forget(moduleId, id);
      case "init":
      case "permissions":
        return { status: 201, headers: {}, body: "" };
      case "disable":
      case "purge":
      case "timer":
        return { status: 204, headers: {}, body: "" };
      case "filter":
        return { status: 202, headers: tokensBy(moduleId), body: "" };
      case "request":
        return { status: 200, headers: { "Content-Type": "text/plain" }, body: `${moduleId} ${whole}` };
    }
  }
}

/** As mod-authtoken answers: a token for everybody else, by name of the module that gave it. */
function tokensBy(moduleId: string): Record<string, string> {
  const token = `token-of-${moduleId}`;
  return { "X-Okapi-Token": token, "X-Okapi-Module-Tokens": JSON.stringify({ _: token }) };
}

function isScene(scene: Scene, call: RecordedCall): boolean {
  return (
    (scene.moduleId ?? call.moduleId) === call.moduleId &&
    (scene.tenant ?? call.tenant) === call.tenant &&
    (scene.kind ?? call.kind) === call.kind
  );
}

function pairs(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []));
}

function send(response: ServerResponse, { status, headers, body }: Said): void {
  response.writeHead(status, { ...headers }).end(status === 204 ? undefined : body);
}
