import type { Socket } from "node:net";
import type { OutgoingRequest } from "./upstream-sender.ts";

/** A request with a body that does not leave with its head: what of it goes to the socket, framed. */
export class WireOutgoing implements OutgoingRequest {
  readonly #socket: Socket;
  readonly #head: string;
  readonly #isChunked: boolean;
  #isHeadOut = false;
  #onDrain: (() => void) | null = null;
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

  write(bytes: Uint8Array): boolean {
    this.#socket.cork();
    this.flushHeaders();
    if (this.#isChunked) this.#socket.write(`${bytes.length.toString(16)}\r\n`, "latin1");
    this.#socket.write(bytes);
    if (this.#isChunked) this.#socket.write("\r\n", "latin1");
    this.#socket.uncork();
    return !this.#socket.writableNeedDrain;
  }

  end(): void {
    this.#socket.cork();
    this.flushHeaders();
    if (this.#isChunked) this.#socket.write("0\r\n\r\n", "latin1");
    this.#socket.uncork();
  }

  on(event: "drain" | "continue", listener: () => void): void {
    if (event === "drain") this.#onDrain = listener;
    else this.#onContinue = listener;
  }

  off(event: "drain" | "continue"): void {
    if (event === "drain") this.#onDrain = null;
    else this.#onContinue = null;
  }

  onDrain(): void {
    this.#onDrain?.();
  }

  onContinue(): void {
    this.#onContinue?.();
  }
}
