import { request } from "node:http";

export interface Call {
  readonly method?: string;
  /** Sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Flat name, value ... on top, for what an object cannot say. */
  readonly rawHeaders?: readonly string[];
  readonly body?: string | Uint8Array;
}

export interface Answered {
  readonly status: number;
  /** Names in lower case; several of one name joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Uint8Array;
}

const slowestAnswerMs = 30_000;

/** One request on a connection of its own. The body goes with its length. */
export function call(
  baseUrl: string,
  { method = "GET", path, headers = {}, rawHeaders = [], body }: Call,
): Promise<Answered> {
  const { hostname, port } = new URL(baseUrl);
  const bytes = body === undefined ? null : Buffer.from(body);
  const length = bytes === null ? [] : ["Content-Length", String(bytes.length)];
  const host = ["Host", `${hostname}:${port}`, "Connection", "close"];
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: [...host, ...Object.entries(headers).flat(), ...rawHeaders, ...length],
        agent: false,
        timeout: slowestAnswerMs,
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          sent.off("error", reject).on("error", () => undefined);
          const all = Buffer.concat(pieces);
          resolve({
            status: response.statusCode ?? 0,
            headers: joined(response.rawHeaders),
            text: all.toString("utf8"),
            bytes: all,
          });
        });
      },
    );
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${slowestAnswerMs} ms`)));
    sent.end(bytes ?? undefined);
  });
}

function joined(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    const value = rawHeaders[at + 1] ?? "";
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
