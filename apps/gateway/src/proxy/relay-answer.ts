// relay-answer.ts runs for every request.
import { headerOf, type UpstreamResponse } from "@octavo/http-wire";
import { answerHeaders } from "./answer-headers.ts";
import { compressedHeaders, compresses, writeCompressed } from "./compression.ts";
import type { ModuleRequest } from "./module-request.ts";

/** What the client gets: a module's answer, or the parts of several. */
export interface ClientAnswer extends Pick<UpstreamResponse, "status" | "rawHeaders" | "contentLength"> {
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null;
  /** All of the body, where it is there already. */
  readonly whole: Uint8Array | null;
}

const DONE = Promise.resolve();

/** Gives a module's answer to the client as it comes. Rejects with AnswerFailure where it breaks off: the listener then ends
 * the connection, which is how the client can tell.
 * @param moduleToken what the module was given */
export function relayAnswer(
  request: ModuleRequest,
  answer: ClientAnswer,
  moduleToken: string | null,
): Promise<void> {
  const { sink, head } = request;
  const { body, whole, status } = answer;
  const headers = answerHeaders(answer.rawHeaders, request, moduleToken);
  if (body === null) {
    sink.start(status, headers, answer.contentLength);
    sink.end();
    return DONE;
  }
  const length = whole === null ? answer.contentLength : whole.length;
  const accepted = headerOf(head.headers, "accept-encoding");
  if (compresses(accepted, head.method, status, headers, length)) {
    sink.start(status, compressedHeaders(headers), null);
    return unlessGone(request, writeCompressed(body, sink));
  }
  if (whole !== null) {
    sink.send(status, headers, whole);
    return DONE;
  }
  sink.start(status, headers, length);
  return unlessGone(request, pipe(body, request));
}

async function pipe(body: NonNullable<ClientAnswer["body"]>, { sink }: ModuleRequest): Promise<void> {
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
