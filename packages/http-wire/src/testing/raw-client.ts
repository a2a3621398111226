import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client of bytes, for tests: sends exactly what it is given, and reads answers that have a Content-Length. */
export class RawClient {
  readonly #socket: Socket;
  readonly #whenClosed: Promise<void>;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    socket.on("error", () => undefined); // a reset is an end like any other here
    this.#whenClosed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ host: "127.0.0.1", port });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** @param text one character per byte (latin1) */
  send(text: string): void {
    this.#socket.write(Buffer.from(text, "latin1"));
  }

  /** Each byte in a packet of its own, as far as the kernel lets us say so. */
  async sendSlowly(text: string): Promise<void> {
    for (const byte of Buffer.from(text, "latin1")) {
      if (this.#isClosed) return;
      this.#socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** @returns null when the connection ended before the answer was whole */
  async answer(): Promise<RawAnswer | null> {
    for (;;) {
      const found = parseAnswer(this.#received);
      if (found !== null) {
        this.#received = this.#received.subarray(found.length);
        if (found.answer.status !== 100) return found.answer;
        continue;
      }
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the other side has ended the connection; what it sent besides answers read before. */
  async end(): Promise<string> {
    await this.#whenClosed;
    return this.#received.toString("latin1");
  }

  /** What has come and is not yet read as an answer. */
  get received(): string {
    return this.#received.toString("latin1");
  }

  stopReading(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function parseAnswer(bytes: Buffer): { readonly answer: RawAnswer; readonly length: number } | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [statusLine = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = headEnd + 4 + Number(headers["content-length"] ?? 0);
  if (bytes.length < length) return null;
  const body = bytes.subarray(headEnd + 4, length).toString("utf8");
  return { answer: { status: Number(statusLine.split(" ")[1]), headers, body }, length };
}
