import { Normaliser } from "./normalise.ts";
import type { CallOptions, Flow, FlowAnswer, Steps } from "./flow.ts";

/** One request as a flow makes it. */
export interface FlowRequest {
  readonly method: string;
  readonly path: string;
  readonly options: CallOptions;
  /** Which of the flow's requests, from 0; asking again (`until`) does not count. */
  readonly at: number;
}

/** Answers one request, by whatever way. */
export type Send = (request: FlowRequest) => Promise<FlowAnswer>;

/** What was asked and answered, in order, without what differs from run to run: lines that can be compared. */
export type Transcript = readonly string[];

const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;

/** Runs a flow for a tenant. A flow that throws ends its transcript with why. */
export async function transcribe(
  flow: Flow,
  tenantId: string,
  send: Send,
  patienceMs = PATIENCE_MS,
): Promise<Transcript> {
  const lines: string[] = [];
  const normaliser = new Normaliser(tenantId);
  let at = 0;
  const record = (method: string, path: string, { status, body }: FlowAnswer): void => {
    lines.push(`${method} ${normaliser.text(path)} -> ${status} ${normaliser.json(body)}`);
  };
  const steps: Steps = {
    tenantId,
    call: async <Body>(method: string, path: string, options: CallOptions = {}) => {
      const answer = await send({ method, path, options, at: at++ });
      record(method, path, answer);
      return answer as FlowAnswer<Body>; // as the flow's author says
    },
    until: async <Body>(
      path: string,
      isWanted: (answer: FlowAnswer<Body>) => boolean,
      options: CallOptions = {},
    ) => {
      const end = performance.now() + patienceMs;
      const which = at++;
      for (;;) {
        const answer = (await send({ method: "GET", path, options, at: which })) as FlowAnswer<Body>; // as the flow's author says
        const isDone = isWanted(answer);
        if (isDone || performance.now() > end) record("GET", path, answer);
        if (isDone) return answer;
        if (performance.now() > end) throw new Error(`${path} never was as wanted`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    },
  };
  try {
    await flow.run(steps);
  } catch (error) {
    lines.push(`the flow ended: ${normaliser.text(error instanceof Error ? error.message : String(error))}`);
  }
  return lines;
}
