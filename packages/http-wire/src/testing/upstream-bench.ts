import { connectOnWire } from "../wire-upstream.ts";
import type { UpstreamOptions } from "../upstream-socket.ts";
import type {
  UpstreamConnections,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamTimeouts,
} from "../upstream.ts";
import { RawModule, type RawModuleOptions } from "./raw-module.ts";
import { type AddressInfo, createServer, type Server } from "node:net";

/** No test waits for these; where a timeout must come, it is given. */
export const patient: UpstreamTimeouts = { connectMs: 20_000, firstByteMs: 20_000, bodyIdleMs: 20_000 };

export const hasAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** What a test has opened. */
export class UpstreamBench {
  readonly #modules: RawModule[] = [];
  readonly #opened: UpstreamConnections[] = [];

  async start(options: RawModuleOptions): Promise<RawModule> {
    const module = await RawModule.start(options);
    this.#modules.push(module);
    return module;
  }

  /** A module that gives each request these bytes. */
  answering(bytes: string): Promise<RawModule> {
    return this.start({ onRequest: (socket) => socket.write(bytes, "latin1") });
  }

  /** Kept connections stay, where a test says nothing else. */
  open(options: UpstreamOptions = {}): UpstreamConnections {
    const connections = connectOnWire({ idleMs: 3_600_000, ...options });
    this.#opened.push(connections);
    return connections;
  }

  /** Closes all.
   * @throws where a connection is left */
  async end(): Promise<void> {
    for (const connections of this.#opened.splice(0)) {
      await connections.close();
      if (connections.open !== 0) throw new Error(`${connections.open} connections have leaked`);
    }
    for (const module of this.#modules.splice(0)) await module.stop();
  }
}

export function get(target: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method: "GET",
    target,
    rawHeaders: [],
    body: null,
    contentLength: null,
    signal: new AbortController().signal,
    ...more,
  };
}

export function post(more: Partial<UpstreamRequest>): UpstreamRequest {
  return get("/", { method: "POST", ...more });
}

type Sent = ReturnType<UpstreamConnections["send"]>;

export async function answerOf(sent: Sent): Promise<UpstreamResponse> {
  const result = await sent;
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.detail}`);
  return result.value;
}

export async function failureOf(sent: Sent): Promise<UpstreamFailure> {
  const result = await sent;
  if (result.ok) throw new Error(`an answer with status ${result.value.status}`);
  return result.error;
}

export async function text(answer: UpstreamResponse): Promise<string> {
  return Buffer.from((await answer.body?.readAll(1_000_000)) ?? []).toString("latin1");
}

/** What has ended is put away a few turns later. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on host and port
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An origin where nobody listens. */
export async function deadOrigin(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}
