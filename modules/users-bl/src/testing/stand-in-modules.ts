import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Other modules behind a gateway, as far as a test says what they answer. */
export interface StandInModules {
  readonly url: string;
  /** "GET /users", "GET /users/7": what is answered; a function sees the query and the body. What is not here nobody provides. */
  readonly answers: Map<string, StandInAnswer>;
  /** Every call, in turn. */
  readonly calls: SeenCall[];
  close(): Promise<void>;
}

interface SeenCall {
  readonly request: string;
  readonly query: string;
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
}

type StandInAnswer = Answered | ((call: SeenCall) => Answered);
interface Answered {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

const ABSENT: Answered = { status: 404, body: "No suitable module found for path and tenant" };

export async function standInModules(): Promise<StandInModules> {
  const answers = new Map<string, StandInAnswer>();
  const calls: SeenCall[] = [];
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(message.url ?? "", "http://gateway");
    const text = (await message.toArray()).join("");
    const call = {
      request: `${message.method} ${url.pathname}`,
      query: url.searchParams.get("query") ?? "",
      body: text === "" ? null : (JSON.parse(text) as unknown),
      headers: message.headers,
    };
    calls.push(call);
    const answer = answers.get(call.request) ?? ABSENT;
    const { status = 200, body, headers = {} } = typeof answer === "function" ? answer(call) : answer;
    response.writeHead(status, headers);
    response.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
  };
  const server = createServer((message, response) => {
    void respond(message, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // as: it listens at a port
    answers,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
