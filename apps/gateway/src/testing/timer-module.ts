import { createServer, type IncomingHttpHeaders } from "node:http";

export interface TimerCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One process that plays every module with timers: it keeps what it was called with, and answers as it is told. */
export interface TimerModule {
  readonly url: string;
  readonly calls: readonly TimerCall[];
  /** null leaves the call without an answer. */
  status: (call: TimerCall) => number | null;
  /** Resolves as soon as it holds after some call. */
  until(what: string, holds: (calls: readonly TimerCall[]) => boolean, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

export async function startTimerModule(): Promise<TimerModule> {
  const calls: TimerCall[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString("utf8")));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const call = { method, path: url, headers, body };
      calls.push(call);
      const status = module.status(call);
      if (status !== null) {
        response.statusCode = status;
        response.end("answered");
      }
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const module: TimerModule = {
    url: `http://127.0.0.1:${port}`,
    calls,
    status: () => 204,
    until: (what, holds, withinMs = 30_000) =>
      new Promise((resolve, reject) => {
        const giveUp = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`still not after ${withinMs} ms: ${what}`));
        }, withinMs);
        const look = (): void => {
          if (!holds(calls)) return;
          clearTimeout(giveUp);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return module;
}

/** A descriptor with these timers: entries without path and method, which they get. */
export function descriptorWithTimers(id: string, timers: readonly object[]): object {
  const handlers = timers.map((timer, at) => ({
    methods: ["POST"],
    pathPattern: `/timercall/${at}`,
    ...timer,
  }));
  return { id, provides: [{ id: "_timer", version: "1.0", interfaceType: "system", handlers }] };
}
