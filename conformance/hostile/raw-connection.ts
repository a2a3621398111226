import { connect, type Socket } from "node:net";
import { parseAnswer, statusOf, type StrictMessage } from "./strict-message.ts";

/** So long nothing here takes; a hang becomes a complaint. */
const HANG_MS = 15_000;

/** A client of bytes: sends exactly what it is given, and reads answers strictly. */
export class RawConnection {
  readonly #socket: Socket;
  #received = "";
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#received += text;
      this.#wake();
    });
    socket.on("error", () => undefined); // a reset is an end like any other here
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  static async open(baseUrl: string): Promise<RawConnection> {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawConnection(socket);
  }

  /** @param text one character per byte */
  send(text: string): void {
    this.#socket.write(text, "latin1");
  }

  /** Each byte in a packet of its own, as far as the system lets us say so. What is longer than `pieces` bytes goes in so
   * many pieces. */
  async sendInPieces(text: string, pieces = 600): Promise<void> {
    const length = Math.ceil(text.length / pieces);
    for (let at = 0; at < text.length && !this.#isClosed; at += length) {
      this.#socket.write(text.slice(at, at + length), "latin1");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The next answer, interim ones passed over.
   * @returns or what is wrong with it */
  async answer(method: string): Promise<StrictMessage | string> {
    const hang = this.#alarm();
    try {
      for (;;) {
        const parsed = parseAnswer(this.#received, method, this.#isClosed);
        if (parsed.kind === "broken") return `an answer with ${parsed.because}`;
        if (parsed.kind === "whole") {
          this.#received = parsed.rest;
          if (statusOf(parsed.message) >= 200) return parsed.message;
        } else if (this.#isClosed) {
          return parsed.head === null ? "no answer before the end" : "an answer that breaks off";
        } else if (hang.isOver) return `no answer within ${HANG_MS} ms`;
        else await this.#changed();
      }
    } finally {
      hang.cancel();
    }
  }

  /** Resolves when the other side has ended the connection.
   * @returns what is wrong with that: null, or that something came, or that it stays */
  async end(): Promise<string | null> {
    const hang = this.#alarm();
    while (!this.#isClosed && !hang.isOver) await this.#changed();
    hang.cancel();
    if (!this.#isClosed) return `the connection stays open for ${HANG_MS} ms`;
    return this.#received === ""
      ? null
      : `more than one answer: ${JSON.stringify(this.#received.slice(0, 200))}`;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #alarm(): { isOver: boolean; cancel(): void } {
    const alarm = { isOver: false, cancel: () => clearTimeout(timer) };
    const timer = setTimeout(() => {
      alarm.isOver = true;
      this.#wake();
    }, HANG_MS);
    return alarm;
  }
}
