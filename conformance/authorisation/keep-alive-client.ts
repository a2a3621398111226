import { Agent, request } from "node:http";

/** Calls one gateway over a few connections that are kept: thousands of calls in seconds. */
export interface KeepAliveClient {
  readonly url: string;
  call(question: Question): Promise<Answered>;
  close(): void;
}

interface Question {
  readonly method: string;
  /** Sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

const connections = 16;
const slowestAnswerMs = 60_000;

export function keepAliveClient(url: string): KeepAliveClient {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    url,
    close: () => agent.destroy(),
    call: ({ method, path, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
        const sent = request(
          {
            hostname,
            port,
            method,
            path,
            agent,
            timeout: slowestAnswerMs,
            headers: { ...headers, ...length },
          },
          (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (piece: string) => (text += piece));
            response.on("error", reject);
            response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
          },
        );
        sent.on("error", reject);
        sent.on("timeout", () => sent.destroy(new Error(`no answer within ${slowestAnswerMs} ms`)));
        sent.end(body);
      }),
  };
}

/** Runs `work` on all items, a few at a time. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  atOnce = connections,
): Promise<void> {
  const rest = items.values(); // shared: each worker takes the next one
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
