import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether its connection had carried a request before. */
  readonly isReused: boolean;
}

export type Script = (socket: Socket, request: SeenRequest) => void;

/** An instance of a module over plain sockets: its script answers each whole request, well or badly. */
export class ScriptedModule {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  readonly #script: Script;
  readonly seen: SeenRequest[] = [];
  /** Kept when it has stopped. */
  port = 0;

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((socket) => this.#take(socket));
  }

  static async start(script: Script, port = 0): Promise<ScriptedModule> {
    const module = new ScriptedModule(script);
    await new Promise<void>((resolve) => module.#server.listen(port, "127.0.0.1", resolve));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on host and port
    module.port = (module.#server.address() as AddressInfo).port;
    return module;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  /** Resolves when `holds` does; looked at whenever a request has come or a connection has closed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** As a process that is killed. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #changed(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
    let buffered = "";
    let served = 0;
    socket.on("data", (bytes: Buffer) => {
      buffered += bytes.toString("latin1");
      for (;;) {
        const end = buffered.indexOf("\r\n\r\n");
        if (end === -1) return;
        const { method, target, headers } = parseHead(buffered.slice(0, end));
        const length = Number(headers["content-length"] ?? 0);
        if (buffered.length < end + 4 + length) return;
        const body = buffered.slice(end + 4, end + 4 + length);
        buffered = buffered.slice(end + 4 + length);
        const request = { method, target, headers, body, isReused: served > 0 };
        served += 1;
        this.seen.push(request);
        this.#script(socket, request);
        this.#changed();
      }
    });
  }
}

function parseHead(head: string): Pick<SeenRequest, "method" | "target" | "headers"> {
  const [requestLine = "", ...lines] = head.split("\r\n");
  const [method = "", target = ""] = requestLine.split(" ");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { method, target, headers };
}

export function answer(text: string, status = "200 OK", ...headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status}`, `Content-Length: ${text.length}`, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n${text}`;
}
