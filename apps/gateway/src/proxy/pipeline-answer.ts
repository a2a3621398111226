import type { BodySource, UpstreamResponse } from "@octavo/http-wire";
import type { ClientAnswer } from "./relay-answer.ts";
import type { StageVerdicts } from "./stage-verdicts.ts";

/** The end of a pipeline: its last stage's answer, null where it has none, and the body that has come out. */
export interface PipelineEnd {
  readonly answer: UpstreamResponse | null;
  readonly body: BodySource | Uint8Array | null;
  readonly contentLength: number | null;
}

/** What the client gets: status and headers of the handler, or of the filter that refused, or of the last stage. A refusal
 * brings its own body, and any other is the one that has come through all stages. */
export function pipelineAnswer(method: string, verdicts: StageVerdicts, end: PipelineEnd): ClientAnswer {
  const { handler, refusal } = verdicts;
  const ofLast = { status: end.answer?.status ?? 200, headers: end.answer?.rawHeaders ?? [] };
  const { status, headers } = handler ?? refusal ?? ofLast;
  const content = (handler === null ? refusal?.body : null) ?? end.body;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const ofAnswer = content === end.answer?.body ? (end.answer?.whole ?? null) : null;
  return {
    status,
    rawHeaders: headers,
    body: hasBody ? (content instanceof Uint8Array ? [content] : content) : null,
    whole: content instanceof Uint8Array ? content : ofAnswer,
    contentLength: lengthOf(content, end),
  };
}

/** Without a body the length is known, unless it is the answer's own word on a body that was not sent (HEAD, 304). */
function lengthOf(content: PipelineEnd["body"], { answer, contentLength }: PipelineEnd): number | null {
  if (content instanceof Uint8Array) return content.length;
  const isAnswersOwn = content === answer?.body;
  return content === null && !isAnswersOwn ? 0 : contentLength;
}
