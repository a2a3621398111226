import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { type AnyAnswer, Bytes, Streamed } from "../definition/answer.ts";
import type { Log } from "../definition/log.ts";
import type { RequestContext } from "../definition/request-context.ts";
import type { Route } from "../definition/route.ts";
import { withContext } from "./current-context.ts";
import { errorsJson, type Refusal } from "./refusal.ts";

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply
    .code(refusal.status)
    .headers(refusal.headers)
    .header("content-type", "application/json")
    .send(JSON.stringify(errorsJson(refusal))); // a string goes past the schemas of the route
}

/** @throws Error where the handler answered what it does not declare */
export function sendAnswer(
  reply: FastifyReply,
  answer: Exclude<AnyAnswer, Refusal>,
  { route, context }: { readonly route: Route; readonly context: RequestContext },
): FastifyReply {
  const { status, body, headers = {} } = answer;
  const declared = route.answers[status];
  if (declared === undefined) {
    throw new Error(`${route.method} ${route.path} answered ${status}, which it does not declare`);
  }
  reply.code(status).headers(headers as Record<string, string | string[]>); // as: fastify changes no list that it is given
  if (declared === null) return reply.send();
  if (reply.getHeader("content-type") === undefined) {
    reply.header("content-type", declared instanceof Bytes ? declared.contentTypes[0] : "application/json");
  }
  if (body instanceof Streamed) {
    if (reply.request.method === "HEAD") return reply.send();
    return reply.send(Readable.from(piecesIn(context, body.pieces, context.log), { objectMode: false }));
  }
  if (body instanceof Uint8Array)
    return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return reply.send(typeof body === "string" ? JSON.stringify(body) : body); // fastify sends a string as it is
}

/** The loop runs within the request's context, wherever the stream asks for more from; however it ends, the source's loop is ended. */
async function* piecesIn(
  context: RequestContext,
  pieces: AsyncIterable<string | Uint8Array>,
  log: Log,
): AsyncGenerator<string | Uint8Array> {
  const source = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await withContext(context, () => source.next());
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    // The head is gone already: the client sees a body that is cut off, the operator this line.
    if (!context.signal.aborted) log.error({ error }, "an answer was cut off");
    throw error;
  } finally {
    await withContext(context, async () => await source.return?.());
  }
}
