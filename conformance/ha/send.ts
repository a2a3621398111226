import { type Agent, type IncomingHttpHeaders, request } from "node:http";

/** What a client knows after it has tried to call:
 * - answered
 * - not sent: no connection came about, so nobody has it
 * - lost: it was sent, or may have been, and no answer came */
export type Sent =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | { readonly kind: "not-sent" | "lost"; readonly because: string };

export interface ToSend {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Longer than any wait of a gateway. */
const SLOWEST_ANSWER_MS = 30_000;

/** One call, never repeated. @param agent false: on a connection of its own */
export function send(
  agent: Agent | false,
  baseUrl: string,
  call: ToSend,
  slowestMs = SLOWEST_ANSWER_MS,
): Promise<Sent> {
  return new Promise((resolve) => {
    const lost = (because: string): void => resolve({ kind: "lost", because });
    const headers = {
      ...call.headers,
      ...(call.body !== undefined && {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(call.body),
      }),
    };
    const sent = request(baseUrl + call.path, { method: call.method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("error", (error) => lost(`${error.message} within the answer`));
      response.on("end", () => {
        resolve({ kind: "answered", status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.setTimeout(slowestMs, () => sent.destroy(new Error(`nothing for ${slowestMs} ms`)));
    sent.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve({ kind: "not-sent", because: error.code });
      else lost(error.code ?? error.message);
    });
    sent.end(call.body);
  });
}
