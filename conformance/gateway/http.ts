import { request } from "node:http";

export interface Question {
  readonly method: string;
  /** Sent as it is: no path is made straight, no escape corrected. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  readonly text: string;
}

const slowestAnswerMs = 60_000;

/** One call, as an Okapi client makes it. Bodies go with GET too, which `fetch` would refuse. */
export async function ask(baseUrl: string, question: Question): Promise<Answer> {
  const { hostname, port } = new URL(baseUrl);
  const body = question.body === undefined ? null : Buffer.from(question.body);
  const headers: Record<string, string> = { ...question.headers };
  if (body !== null) {
    headers["Content-Type"] ??= "application/json";
    headers["Content-Length"] = String(body.length);
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method: question.method,
        path: question.path,
        headers,
        agent: false,
        timeout: slowestAnswerMs,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          sent.off("error", reject);
          // A server that refuses a long body may close before all of it was sent: its answer counts.
          sent.on("error", () => {});
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers["content-type"] ?? null,
            location: response.headers.location ?? null,
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${slowestAnswerMs} ms`)));
    sent.end(body ?? undefined);
  });
}

export interface Api {
  readonly baseUrl: string;
  get(path: string, body?: unknown): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

/** Bodies are given as text, or as values to be printed. */
export function apiAt(baseUrl: string): Api {
  const call = (method: string) => (path: string, body?: unknown) =>
    ask(baseUrl, {
      method,
      path,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return { baseUrl, get: call("GET"), post: call("POST"), put: call("PUT"), delete: call("DELETE") };
}
