// relay-answer.ts runs for every request.
import { headerOf, type UpstreamResponse } from "@octavo/http-wire";
import { answerHeaders } from "./answer-headers.ts";
import { compressedHeaders, compresses, writeCompressed } from "./compression.ts";
import type { ModuleRequest } from "./module-request.ts";

/** What the client gets: a module's answer, or the parts of several. */
export interface ClientAnswer extends Pick<UpstreamResponse, "status" | "rawHeaders" | "contentLength"> {
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null;
}

/** Gives a module's answer to the client as it comes. Throws AnswerFailure where it breaks off: the listener then ends the
 * connection, which is how the client can tell.
 * @param moduleToken what the module was given */
export async function relayAnswer(
  request: ModuleRequest,
  answer: ClientAnswer,
  moduleToken: string | null,
): Promise<void> {
  const { sink, head } = request;
  const { body } = answer;
  const headers = answerHeaders(answer.rawHeaders, request, moduleToken);
  const accepted = body === null ? null : headerOf(head.headers, "accept-encoding");
  if (body !== null && compresses(accepted, head.method, answer.status, headers, answer.contentLength)) {
    sink.start(answer.status, compressedHeaders(headers), null);
    await unlessGone(request, writeCompressed(body, sink));
    return;
  }
  sink.start(answer.status, headers, answer.contentLength);
  if (body === null) {
    sink.end();
    return;
  }
  await unlessGone(request, pipe(answer, request));
}

async function pipe({ body }: ClientAnswer, { sink }: ModuleRequest): Promise<void> {
  if (body === null) return;
  for await (const piece of body) {
    if (sink.gone.aborted) return;
    await sink.write(piece);
  }
}

/** With the client gone the answer is given up, and that is no failure. */
async function unlessGone({ sink }: ModuleRequest, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (cause) {
    if (!sink.gone.aborted) throw cause;
  }
  if (!sink.gone.aborted) sink.end();
}
