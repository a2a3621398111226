import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type AnyAnswer, Bytes } from "../definition/answer.ts";
import type { RunningModule } from "../definition/part.ts";
import type { RequestContext } from "../definition/request-context.ts";
import type { Call, Route } from "../definition/route.ts";
import type { Calls } from "../calls/calls.ts";
import { requestObjects } from "../objects/request-objects.ts";
import { type Check, checkBy, readTexts } from "./checked-by-schema.ts";
import { withContext } from "./current-context.ts";
import { limited } from "./limited.ts";
import type { OpenContext } from "./open-context.ts";
import { readRefusal } from "./read-refusal.ts";
import { badRequest, type ErrorEntry, type ReadRefusal, Refusal, unavailable } from "./refusal.ts";
import { sendAnswer, sendRefusal } from "./send-answer.ts";
import { withoutNulls } from "./without-nulls.ts";

export interface RouteSurroundings {
  readonly running: RunningModule;
  readonly callsOf: (context: RequestContext) => Calls;
  readonly refusals: readonly ReadRefusal[];
  /** Answers are compared with their schemas: in tests. */
  readonly checksAnswers: boolean;
}

/** One route as the server calls it: reads and checks what was sent, runs the handler in its context, answers. */
export function handleRoute(route: Route, surroundings: RouteSurroundings) {
  const read = requestReader(route);
  const checkAnswer = surroundings.checksAnswers ? answerChecker(route) : null;
  return async (request: FastifyRequest, reply: FastifyReply, open: OpenContext): Promise<FastifyReply> => {
    const { context } = open;
    try {
      const input = read(request);
      if (input instanceof Refusal) return sendRefusal(reply, input);
      const call = callOf(input, request, context, surroundings);
      const answer = await withContext(context, async () => await route.handle(call));
      if (answer instanceof Refusal) return sendRefusal(reply, answer);
      checkAnswer?.(answer);
      return sendAnswer(reply, answer, { route, context });
    } catch (cause) {
      const refusal = refusalOf(cause, open, surroundings.refusals);
      if (refusal.status === 500) open.log.error({ error: cause, route: route.path }, "a request failed");
      return sendRefusal(reply, refusal);
    } finally {
      open.done();
    }
  };
}

function refusalOf(cause: unknown, { overdue }: OpenContext, rooms: readonly ReadRefusal[]): Refusal {
  const refusal = readRefusal(cause, rooms);
  const ended = overdue();
  if (refusal.status !== 500 || ended === null) return refusal;
  // What was thrown is that it was ended.
  if (ended === "deadline")
    return new Refusal(504, [{ message: "The deadline came first", code: "deadline" }]);
  return unavailable("The request took longer than it may", 5, "overdue");
}

/** The day within a key is for people and for what expires by it: this machine's own will do. */
const keySource = { now: () => new Date(performance.timeOrigin + performance.now()), uuid: randomUUID };

interface Input {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

function callOf(
  { params, query, body }: Input,
  request: FastifyRequest,
  context: RequestContext,
  { running, callsOf }: RouteSurroundings,
): Call<unknown, unknown, unknown> {
  const { database, definition } = running;
  return {
    params,
    query,
    body,
    context,
    db: {
      tx: (work) => database.tx(context, work),
      read: (work) => database.read(context, work),
    },
    module: { id: definition.id, home: database.home },
    calls: callsOf(context),
    objects: requestObjects(
      running.objects,
      { tenantId: context.tenantId, module: definition.name },
      keySource,
    ),
    headers: request.headers as Readonly<Record<string, string | undefined>>, // as: Node joins all that a module reads
  };
}

/** What path and query hold wrongly is 400; a body that can be read and does not do is 422, as modules of FOLIO have it. */
function requestReader(route: Route): (request: FastifyRequest) => Input | Refusal {
  const paramsOf = textReader(route.params);
  const queryOf = textReader(route.query);
  const bodyOf = bodyReader(route);
  return (request) => {
    const params = paramsOf?.(request.params) ?? ok(request.params);
    if (params.errors.length > 0) return new Refusal(400, params.errors);
    const query = queryOf?.(request.query) ?? ok(undefined);
    if (query.errors.length > 0) return new Refusal(400, query.errors);
    const body = bodyOf(request.body);
    if (body instanceof Refusal) return body;
    return { params: params.value, query: query.value, body: body.value };
  };
}

interface Checked {
  readonly value: unknown;
  readonly errors: readonly ErrorEntry[];
}

function ok(value: unknown): Checked {
  return { value, errors: [] };
}

function textReader(schema: Route["params"]): ((texts: unknown) => Checked) | null {
  if (schema === null) return null;
  const check = checkBy(schema);
  const read = readTexts(schema);
  return (texts) => {
    const value = read(texts as Record<string, unknown>); // as: fastify gives an object of texts
    return { value, errors: check(value) };
  };
}

function bodyReader({ body }: Route): (sent: unknown) => Refusal | { readonly value: unknown } {
  if (body === null) return () => ({ value: undefined });
  if (body instanceof Bytes) {
    return (sent) => ({ value: limited(sent as AsyncIterable<Uint8Array>, body.limitBytes) }); // as: see byte-routes.ts
  }
  const check = checkBy(body);
  return (sent) => {
    if (sent === undefined) return badRequest("The body is missing", "body-missing");
    if (check(sent).length === 0) return { value: sent };
    // Properties that are null where the schema has no null are absent ones.
    const value = withoutNulls(sent);
    const errors = check(value);
    return errors.length > 0 ? new Refusal(422, errors) : { value };
  };
}

function answerChecker({ method, path, answers }: Route): (answer: AnyAnswer) => void {
  const checks = new Map<number, Check>();
  for (const [status, schema] of Object.entries(answers)) {
    if (schema !== null && !(schema instanceof Bytes)) checks.set(Number(status), checkBy(schema));
  }
  return (answer) => {
    if (answer instanceof Refusal || !isPlain(answer.body)) return;
    const errors = checks.get(answer.status)?.(answer.body) ?? [];
    if (errors.length === 0) return;
    const what = errors.map(({ message }) => message).join("; ");
    throw new Error(
      `${method} ${path} answered ${answer.status} with a body that it does not declare: ${what}`,
    );
  };
}

function isPlain(body: unknown): boolean {
  return (
    typeof body !== "object" ||
    body === null ||
    Array.isArray(body) ||
    Object.getPrototypeOf(body) === Object.prototype
  );
}
