import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface RawRequest {
  /** The head as it came, latin1, without the empty line. */
  readonly head: string;
  readonly body: string;
}

export interface RawModuleOptions {
  /** Called when a head is whole, before its body. */
  readonly onHead?: (socket: Socket, head: string) => void;
  /** Called when a request is whole. */
  readonly onRequest?: (socket: Socket, request: RawRequest, count: number) => void;
  readonly onConnect?: (socket: Socket) => void;
}

/** A module of bytes, for tests: it answers exactly what it is told to, also what is no HTTP. */
export class RawModule {
  readonly #server: Server;
  readonly #options: RawModuleOptions;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  /** Whole requests, in the order of their ends. */
  readonly requests: RawRequest[] = [];
  connections = 0;

  private constructor(options: RawModuleOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#take(socket));
  }

  static async start(options: RawModuleOptions): Promise<RawModule> {
    const module = new RawModule(options);
    await new Promise<void>((resolve) => module.#server.listen(0, "127.0.0.1", resolve));
    return module;
  }

  get url(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on host and port
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  /** Resolves when `holds` does; looked at whenever a connection opens, closes or a request has come. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #changed(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    this.connections += 1;
    socket.on("error", () => undefined); // bad peers get resets; that is the point
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
    this.#options.onConnect?.(socket);
    this.#changed();
    let buffered = "";
    let head: string | null = null;
    socket.on("data", (bytes: Buffer) => {
      buffered += bytes.toString("latin1");
      for (;;) {
        if (head === null) {
          const end = buffered.indexOf("\r\n\r\n");
          if (end === -1) return;
          head = buffered.slice(0, end);
          buffered = buffered.slice(end + 4);
          this.#options.onHead?.(socket, head);
        }
        const length = bodyLength(head, buffered);
        if (length === null) return;
        const request = { head, body: buffered.slice(0, length) };
        buffered = buffered.slice(length);
        head = null;
        this.requests.push(request);
        this.#options.onRequest?.(socket, request, this.requests.length);
        this.#changed();
      }
    });
  }
}

/** @returns null while the body is not whole; a chunked one is taken with its framing */
function bodyLength(head: string, buffered: string): number | null {
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (!/^transfer-encoding: chunked$/im.test(head)) return buffered.length < length ? null : length;
  const end = buffered.startsWith("0\r\n\r\n") ? 0 : buffered.indexOf("\r\n0\r\n\r\n") + 2;
  return end === 1 ? null : end + 5;
}
