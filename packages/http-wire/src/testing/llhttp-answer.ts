import { Agent, request as httpRequest } from "node:http";
import { Duplex } from "node:stream";
import { isHopByHop } from "../hop-by-hop.ts";

/** What Node's client, and llhttp in it, makes of an answer's bytes and the end of its connection. */
export interface LlhttpAnswer {
  readonly status: number;
  /** End-to-end headers. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** @returns null where they are no whole answer */
export function readByLlhttp(text: string, method: string): Promise<LlhttpAnswer | null> {
  return new Promise((resolve) => {
    const request = httpRequest({
      agent: new ConnectionOfBytes(text),
      method,
      headers: ["Host", "a"],
      maxHeaderSize: 64 * 1024,
      insecureHTTPParser: false,
    });
    request.maxHeadersCount = 0;
    let hasAnswer = false;
    const fail = (): void => {
      if (!hasAnswer) resolve(null); // else the answer tells
    };
    request.on("error", fail);
    request.on("upgrade", fail);
    request.on("close", fail);
    request.on("response", (answer) => {
      hasAnswer = true;
      const { statusCode = 0, rawHeaders } = answer;
      const headers = rawHeaders.filter((_, at) => !isHopByHop(rawHeaders[at - (at % 2)] ?? ""));
      let body = "";
      answer.on("data", (piece: Buffer) => (body += piece.toString("latin1")));
      answer.on("error", () => resolve(null));
      answer.on("aborted", () => resolve(null));
      answer.on("end", () => resolve(answer.complete ? { status: statusCode, headers, body } : null));
    });
    request.end();
  });
}

/** Connects to nobody: the answer is there, whatever is asked. */
class ConnectionOfBytes extends Agent {
  readonly #bytes: Buffer;

  constructor(text: string) {
    super();
    this.#bytes = Buffer.from(text, "latin1");
  }

  override createConnection(): Duplex {
    const socket = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, callback) => {
        callback();
        if (!socket.readable || this.#bytes.length === 0) return;
        socket.push(this.#bytes);
        socket.push(null);
      },
    });
    return socket;
  }
}
