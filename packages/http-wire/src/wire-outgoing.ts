import type { Socket } from "node:net";

/** A request with a body that does not leave with its head: what of it goes to the socket, framed. */
export class WireOutgoing {
  readonly #socket: Socket;
  readonly #head: string;
  readonly #isChunked: boolean;
  #isHeadOut = false;
  #onContinue: (() => void) | null = null;

  constructor(socket: Socket, head: string, isChunked: boolean) {
    this.#socket = socket;
    this.#head = head;
    this.#isChunked = isChunked;
  }

  flushHeaders(): void {
    if (this.#isHeadOut) return;
    this.#isHeadOut = true;
    this.#socket.write(this.#head, "latin1");
  }

  write(bytes: Uint8Array, onWritten: () => void): void {
    // A failure is the connection's: whoever has the exchange hears of it.
    const written = (error?: Error | null) => {
      if (error === null || error === undefined) onWritten();
    };
    this.#socket.cork();
    this.flushHeaders();
    if (this.#isChunked) {
      this.#socket.write(`${bytes.length.toString(16)}\r\n`, "latin1");
      this.#socket.write(bytes);
      this.#socket.write("\r\n", "latin1", written);
    } else {
      this.#socket.write(bytes, written);
    }
    this.#socket.uncork();
  }

  end(): void {
    this.#socket.cork();
    this.flushHeaders();
    if (this.#isChunked) this.#socket.write("0\r\n\r\n", "latin1");
    this.#socket.uncork();
  }

  /** @param listener called when the module asks for the body */
  onContinue(listener: () => void): void {
    this.#onContinue = listener;
  }

  isAskedFor(): void {
    this.#onContinue?.();
  }
}
