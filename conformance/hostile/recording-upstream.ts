import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { parseRequest, type StrictMessage, valuesOf } from "./strict-message.ts";

/** What came on one connection, since it was last taken. */
export interface RecordedRequest {
  /** Number of the connection. */
  readonly connection: number;
  /** "part": a head, and its body never became whole. "broken": it has more than one reading, or none. */
  readonly kind: "whole" | "part" | "broken";
  readonly message: StrictMessage | null;
  /** All bytes of it, or why it is broken. */
  readonly text: string;
}

interface Connection {
  readonly number: number;
  buffered: string;
  /** Answered before its body was whole. */
  hasAnsweredEarly: boolean;
}

/** A module of bytes: it keeps every byte that it gets, reads them strictly, and answers each whole request with the canary
 * of that very request. Paths below /early/ are answered when the head is there. */
export class RecordingUpstream {
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Connection>();
  #records: RecordedRequest[] = [];
  #connections = 0;
  readonly #waiting: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#take(socket));
  }

  static async start(): Promise<RecordingUpstream> {
    const upstream = new RecordingUpstream(createServer());
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  get authority(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on host and port
  }

  /** Everything since the last time; requests that are not whole yet stay. */
  take(): readonly RecordedRequest[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Resolves when no open connection is in the middle of a request.
   * @returns false where one still is after so long that it will not change */
  async isSettled(withinMs = 10_000): Promise<boolean> {
    const signal = AbortSignal.timeout(withinMs);
    signal.addEventListener("abort", () => this.#changed());
    while (this.#isInTheMiddle() && !signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return !this.#isInTheMiddle();
  }

  #isInTheMiddle(): boolean {
    return [...this.#sockets.values()].some(({ buffered }) => buffered !== "");
  }

  #changed(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.keys()) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(socket: Socket): void {
    this.#connections += 1;
    const connection: Connection = { number: this.#connections, buffered: "", hasAnsweredEarly: false };
    this.#sockets.set(socket, connection);
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("error", () => undefined);
    socket.on("data", (text: string) => {
      connection.buffered += text;
      this.#read(socket, connection);
      this.#changed();
    });
    socket.on("close", () => {
      this.#sockets.delete(socket);
      const { buffered, number } = connection;
      if (buffered !== "")
        this.#records.push({ connection: number, kind: "part", message: null, text: buffered });
      this.#changed();
    });
  }

  #read(socket: Socket, connection: Connection): void {
    while (connection.buffered !== "") {
      const text = connection.buffered;
      const parsed = parseRequest(text);
      if (parsed.kind === "broken") {
        connection.buffered = "";
        this.#records.push({
          connection: connection.number,
          kind: "broken",
          message: null,
          text: parsed.because,
        });
        socket.destroy();
        return;
      }
      if (parsed.kind === "incomplete") {
        if (parsed.head !== null) this.#answerEarly(socket, connection, parsed.head);
        return;
      }
      const { message, rest } = parsed;
      connection.buffered = rest;
      const whole = text.slice(0, text.length - rest.length);
      this.#records.push({ connection: connection.number, kind: "whole", message, text: whole });
      // One request at a time: what is behind this one was sent by mistake, but for one that was answered before its end:
      // the next may follow on its heels.
      if (rest !== "" && !connection.hasAnsweredEarly) {
        const because = `bytes behind a request: ${JSON.stringify(rest.slice(0, 200))}`;
        this.#records.push({ connection: connection.number, kind: "broken", message: null, text: because });
        connection.buffered = "";
      }
      if (!connection.hasAnsweredEarly && !this.#answerEarly(socket, connection, message)) {
        socket.write(answerTo(message), "latin1");
      }
      connection.hasAnsweredEarly = false;
    }
  }

  /** @returns whether this is a path that is answered so */
  #answerEarly(
    socket: Socket,
    connection: Connection,
    head: Pick<StrictMessage, "startLine" | "headers">,
  ): boolean {
    const [, target = ""] = head.startLine.split(" ");
    const [, status, manner] = /^\/early\/([0-9]{3})-(keep|close|reset)/.exec(target) ?? [];
    if (status === undefined || connection.hasAnsweredEarly) return false;
    connection.hasAnsweredEarly = true;
    const closes = manner === "keep" ? "" : "Connection: close\r\n";
    const body = canaryOf(head);
    socket.write(
      `HTTP/1.1 ${status} Early\r\n${closes}Content-Length: ${body.length}\r\n\r\n${body}`,
      "latin1",
    );
    if (manner === "close") socket.end();
    if (manner === "reset") setImmediate(() => socket.resetAndDestroy());
    return true;
  }
}

function answerTo(message: StrictMessage): string {
  const body = canaryOf(message);
  const sent = message.startLine.startsWith("HEAD ") ? "" : body;
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${sent}`;
}

function canaryOf(head: Pick<StrictMessage, "headers">): string {
  return `canary ${valuesOf(head, "x-canary").join(",")}`;
}
