import type { ServerResponse } from "node:http";
import { assert } from "@octavo/result";
import { Cancellation, type CancelSignal } from "./cancellation.ts";
import type { NodeBodySource } from "./node-body-source.ts";
import { isHopByHop } from "./hop-by-hop.ts";
import type { ResponseSink } from "./response-sink.ts";

export interface SinkSurroundings {
  readonly response: ServerResponse;
  readonly body: NodeBodySource;
  readonly stallTimeoutMs: number;
  /** Asked when the head is written: draining, or a connection that must not be used again. */
  readonly mustClose: () => boolean;
  /** Called when the answer's head said that the connection ends. */
  readonly onClosing: () => void;
}

/** A text longer than this is written in pieces of this length: 100 MB at once would stop the loop for a tenth of a second. */
const PIECE_CHARS = 64 * 1024;

/** What is no longer than this leaves with its head in one write: a string, which is what Node can join to a head. Copying
 * it takes less than a second piece does. */
const ONE_WRITE_BYTES = 16 * 1024;

/** How often a client that does not read is looked at before it is cut. Node sees that a part of a write has left only when its
 * timer rings, and then starts it anew: with one look a client would have up to twice its time. */
const LOOKS = 3;

export class NodeResponseSink implements ResponseSink {
  readonly #around: SinkSurroundings;
  readonly #gone = new Cancellation();
  readonly #ended = Promise.withResolvers<void>();
  #hasLength = false;
  #isEnded = false;
  #status = 0;
  #sentBytes = 0;
  #isUnread = false;
  #hasStalled = false;
  /** Looks that have found nothing to have left since the one before, within the present piece. */
  #stillLooks = 0;

  constructor(around: SinkSurroundings) {
    this.#around = around;
    around.response.on("close", () => {
      if (!around.response.writableFinished) this.#gone.abort();
      this.#ended.resolve();
    });
    // Errors of a socket that is gone; "close" follows and tells.
    around.response.on("error", () => undefined);
  }

  get gone(): CancelSignal {
    return this.#gone;
  }

  get status(): number {
    return this.#status;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get isStarted(): boolean {
    return this.#around.response.headersSent;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get closed(): Promise<void> {
    return this.#ended.promise;
  }

  start(status: number, rawHeaders: readonly string[], contentLength: number | null): void {
    assert(!this.isStarted, "an answer has one head");
    const headers = [...rawHeaders];
    let saysClose = false;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const name = rawHeaders[at] ?? "";
      if (!isHopByHop(name)) continue;
      const lower = name.toLowerCase();
      assert(
        lower !== "content-length" && lower !== "transfer-encoding",
        "the framing of an answer is the sink's",
      );
      if (lower === "connection" && rawHeaders[at + 1]?.toLowerCase() === "close") saysClose = true;
    }
    const hasBody = status >= 200 && status !== 204 && status !== 304;
    if (contentLength !== null && hasBody) headers.push("Content-Length", String(contentLength));
    this.#hasLength = contentLength !== null || !hasBody;
    // A body that nobody read would be taken for the next request.
    if (saysClose || this.#around.mustClose() || !this.#around.body.isEnded) {
      if (!saysClose) headers.push("Connection", "close");
      this.#around.onClosing();
    }
    this.#status = status;
    this.#around.response.writeHead(status, headers);
    // Node has reasons of its own to end the connection: HTTP/1.0, or a body that was to be asked for and was not.
    if (!this.#around.response.shouldKeepAlive) this.#around.onClosing();
    // Node keeps a head until there is something to send with it. The first event may be long in coming, and who follows waits to hear that he does.
    if (!this.#hasLength && isEventStream(rawHeaders)) this.#around.response.flushHeaders();
  }

  write(bytes: Uint8Array): Promise<void> {
    const { response } = this.#around;
    if (this.#gone.aborted || bytes.length === 0) return Promise.resolve();
    this.#sentBytes += bytes.length;
    return new Promise((resolve) => {
      const onClose = () => resolve();
      response.once("close", onClose);
      response.write(bytes, (error) => {
        // The socket may still be reading them: it has let go when it closes.
        if (error !== null && error !== undefined) return;
        response.off("close", onClose);
        this.#readOn();
        resolve();
      });
      this.#cutWhenStalled();
    });
  }

  end(): void {
    this.#isEnded = true;
    if (this.#around.body.isEnded || !this.#hasLength) {
      this.#around.response.end();
      this.#cutWhenStalled();
      return;
    }
    this.#cutWhenStalled();
    // The whole answer is on its way before the connection ends: with its length known, the client need not wait.
    this.#around.response.flushHeaders();
    void this.#around.body.discard().then(() => this.#around.response.end());
  }

  send(status: number, rawHeaders: readonly string[], body: Uint8Array | string): void {
    if (typeof body === "string" && body.length > PIECE_CHARS) {
      this.start(status, rawHeaders, Buffer.byteLength(body));
      this.#isEnded = true;
      void this.#writeText(body);
      return;
    }
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    this.start(status, rawHeaders, bytes.length);
    if (bytes.length === 0 || status === 204 || status === 304) {
      this.end();
      return;
    }
    this.#sentBytes += bytes.length;
    if (bytes.length <= ONE_WRITE_BYTES && this.#around.body.isEnded) {
      this.#isEnded = true;
      this.#around.response.end(latin1(bytes), "latin1");
      this.#cutWhenStalled();
      return;
    }
    this.#around.response.write(bytes);
    this.end();
  }

  async #writeText(text: string): Promise<void> {
    for (let at = 0; at < text.length && !this.#gone.aborted;) {
      const end = endOfPiece(text, at + PIECE_CHARS);
      await this.write(Buffer.from(text.slice(at, end)));
      at = end;
    }
    if (!this.#gone.aborted) this.end();
  }

  abandon(): void {
    this.#isEnded = true;
    this.#around.response.destroy();
  }

  /** A client that does not read would keep the answer in memory for ever. Node's timer of a socket starts again with
   * each byte that leaves. It starts again with each byte that comes, too: so who does not read is not
   * read either, once his request is whole, or he would stay for as long as he says something. */
  #cutWhenStalled(): void {
    const { response, body } = this.#around;
    const { socket } = response;
    // Mostly the system has taken all of it already.
    if (socket === null || socket.writableLength === 0) return;
    socket.setTimeout(this.#lookMs);
    if (!this.#hasStalled) {
      this.#hasStalled = true;
      response.on("timeout", () => this.#onStill());
      response.once("finish", () => {
        if (this.#isUnread) socket.resume();
      });
    }
    if (!body.isEnded || this.#isUnread) return;
    this.#isUnread = true;
    socket.pause();
  }

  get #lookMs(): number {
    return this.#around.stallTimeoutMs / LOOKS;
  }

  /** Nothing has left for the time between two looks. Where something had, Node says nothing. By looks and not by the clock: on a busy
   * machine each of them is late. */
  #onStill(): void {
    this.#stillLooks += 1;
    const { response } = this.#around;
    if (this.#stillLooks >= LOOKS) response.destroy();
    else response.socket?.setTimeout(this.#lookMs);
  }

  #readOn(): void {
    const { socket } = this.#around.response;
    socket?.setTimeout(0);
    this.#stillLooks = 0;
    if (!this.#isUnread) return;
    this.#isUnread = false;
    socket?.resume();
  }
}

function isEventStream(rawHeaders: readonly string[]): boolean {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "content-type");
  return at !== -1 && rawHeaders[at + 1]?.toLowerCase().startsWith("text/event-stream") === true;
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** Where to cut: not within a pair of surrogates, which are one character. */
function endOfPiece(text: string, end: number): number {
  const isPair = /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(end - 1, end + 1));
  return isPair ? end - 1 : end;
}
