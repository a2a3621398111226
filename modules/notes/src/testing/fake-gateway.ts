import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A gateway that answers calls of the module: what is at a path (without its query) as JSON, 404 for the rest. */
export interface FakeGateway {
  readonly url: string;
  /** A number stands for an answer of this status without a body. */
  readonly answers: Map<string, unknown>;
  close(): Promise<void>;
}

export async function fakeGateway(): Promise<FakeGateway> {
  const answers = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const answer = answers.get((request.url ?? "").replace(/\?.*$/u, "")) ?? 404;
    if (typeof answer === "number") response.writeHead(answer).end();
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // as: it listens on a port
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
