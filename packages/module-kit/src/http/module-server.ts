import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Calls } from "../calls/calls.ts";
import { Bytes } from "../definition/answer.ts";
import type { ModuleDefinition } from "../definition/module.ts";
import type { RunningModule } from "../definition/part.ts";
import type { RequestContext } from "../definition/request-context.ts";
import type { Route } from "../definition/route.ts";
import { addAdministration } from "./administration.ts";
import type { Trust } from "./caller.ts";
import { deadlineOf, deadlinePassed } from "./deadline.ts";
import { handleRoute, type RouteSurroundings } from "./handle-route.ts";
import type { ModuleLog } from "./module-log.ts";
import { openContext, type OpenContext } from "./open-context.ts";
import { readinessFacts } from "./readiness.ts";
import { readRefusal } from "./read-refusal.ts";
import { Refusal, unknownMediaType } from "./refusal.ts";
import { requestMetrics } from "./request-metrics.ts";
import { sendRefusal } from "./send-answer.ts";
import { refusedTenant } from "./tenant-name.ts";
import { unknownRoute } from "./unknown-route.ts";

export interface ModuleServerInput {
  readonly module: ModuleDefinition;
  readonly running: RunningModule;
  readonly trust: Trust;
  readonly log: ModuleLog;
  readonly callsOf: (context: RequestContext) => Calls;
  /** Longest time of a handler; what it began is aborted then. */
  readonly requestTimeoutMs: number;
  /** Milliseconds since 1970: deadlines are told so. */
  readonly wallMs: () => number;
  readonly checksAnswers: boolean;
}

export interface ModuleServer {
  /** @returns the port
   * @throws Error where the address cannot be had */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new connections, lets requests end.
   * @param graceMs then those that are left are cut off */
  drain(graceMs: number): Promise<void>;
}

/** Segments of a path may hold anything up to the length of a request line. */
const LONGEST_PARAMETER = 8192;

/** The HTTP side of one module: its routes by its schemas, FOLIO's errors, administration. */
export function createModuleServer(input: ModuleServerInput): ModuleServer {
  const { module, running, trust, log } = input;
  const app = fastify({
    logger: false,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    return503OnClosing: false, // the gateway was told before; what still comes is answered
    forceCloseConnections: "idle",
  });
  readJsonBodies(app);
  const surroundings: RouteSurroundings = {
    running,
    callsOf: input.callsOf,
    refusals: module.parts.flatMap(({ refusals = [] }) => refusals),
    checksAnswers: input.checksAnswers,
  };
  app.setErrorHandler((cause, _request, reply) => {
    const refusal = readRefusal(cause, []);
    if (refusal.status === 500) log.error({ error: cause }, "a request failed");
    return sendRefusal(reply, refusal);
  });
  addMetrics(app, running);
  addAdministration(app, { module, running, log, facts: () => readinessFacts(module, running, trust) });
  const routes = [
    ...module.interfaces.flatMap(({ routes }) => routes),
    ...module.timers.map(({ route }) => route),
  ];
  app.setNotFoundHandler(unknownRoute(routes));
  const open = opener(input);
  app.register(async (json) => {
    for (const route of routes.filter(({ body }) => !(body instanceof Bytes)))
      addRoute(json, route, open, surroundings);
  });
  app.register(async (bytes) => {
    bytes.removeAllContentTypeParsers();
    bytes.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const route of routes.filter(({ body }) => body instanceof Bytes))
      addRoute(bytes, route, open, surroundings);
  });
  return {
    listen: async (host, port) => {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    },
    drain: async (graceMs) => {
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

/** An empty body is no body, whatever Content-Type says of it: Okapi sends a request without one as chunks of nothing, without a type. */
function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  const parseOrNothing: typeof parse = (request, text, done) =>
    text === "" ? done(null, undefined) : parse(request, text, done);
  for (const type of ["application/json", /^application\/[\w.-]+\+json/u]) {
    app.addContentTypeParser(type, { parseAs: "string" }, parseOrNothing);
  }
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) =>
    text === "" ? done(null, undefined) : done(unknownMediaType()),
  );
}

function addMetrics(app: FastifyInstance, { metrics, draining }: RunningModule): void {
  const counted = requestMetrics(metrics);
  app.addHook("onRequest", async () => counted.begin());
  // When it is answered: a request that had begun before would leave its connection open until the grace is over.
  app.addHook("onSend", async (_request, reply) => {
    if (draining.aborted) reply.header("connection", "close");
  });
  app.addHook("onResponse", async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url === undefined ? null : routeOptions.url.replaceAll(/:(\w+)/gu, "{$1}");
    counted.end({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
  });
}

type Opener = (request: FastifyRequest, reply: FastifyReply) => Promise<OpenContext | Refusal>;

/** Judges who calls before anything of the body is read. */
function opener({ module, trust, log, requestTimeoutMs, wallMs }: ModuleServerInput): Opener {
  return async ({ headers }, reply) => {
    const deadlineMs = deadlineOf(headers);
    const leftMs = deadlineMs === null ? Infinity : deadlineMs - wallMs();
    if (leftMs <= 0) return deadlinePassed(-leftMs);
    const caller = await trust.callerOf(headers);
    if (caller instanceof Refusal) return caller;
    const refused = refusedTenant(caller.tenantId, module.name);
    if (refused !== null) return refused;
    const open = openContext({ caller, headers, timeoutMs: requestTimeoutMs, deadlineMs, leftMs, log });
    reply.raw.once("close", () => {
      open.done();
      if (!reply.raw.writableFinished) open.leave();
    });
    return open;
  };
}

function addRoute(app: FastifyInstance, route: Route, open: Opener, surroundings: RouteSurroundings): void {
  const handle = handleRoute(route, surroundings);
  const contexts = new WeakMap<FastifyRequest, OpenContext>();
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{([^}]*)\}/gu, ":$1"),
    bodyLimit: route.body instanceof Bytes ? Number.MAX_SAFE_INTEGER : route.bodyLimitBytes,
    schema: { response: responseSchemas(route) },
    onRequest: async (request, reply) => {
      const opened = await open(request, reply);
      if (opened instanceof Refusal) return sendRefusal(reply, opened);
      contexts.set(request, opened);
    },
    handler: async (request, reply) => {
      const opened = contexts.get(request);
      if (opened === undefined) throw new Error("a handler runs after its context was opened");
      const before = performance.now();
      const answered = await handle(request, reply, opened);
      const durationMs = Math.round((performance.now() - before) * 10) / 10;
      opened.log.info(
        { method: request.method, route: route.path, status: reply.statusCode, durationMs },
        "request answered",
      );
      return answered;
    },
  });
}

/** The serialiser is made of these: what a schema does not name is not sent. */
function responseSchemas({ answers }: Route): object {
  return Object.fromEntries(
    Object.entries(answers).filter(([, schema]) => schema !== null && !(schema instanceof Bytes)),
  );
}
