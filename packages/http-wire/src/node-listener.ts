import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { err, ok, type Result } from "@octavo/result";
import { BodyFailure } from "./body-source.ts";
import { headerOf } from "./header-list.ts";
import type {
  ConnectionTaker,
  Listen,
  ListenFailure,
  Listener,
  ListenerLimits,
  ListenerOptions,
  ServeOptions,
} from "./listener.ts";
import { NodeBodySource } from "./node-body-source.ts";
import {
  framingOf,
  type HeadRefusal,
  headersTooLarge,
  readNodeHead,
  uriTooLong,
} from "./node-request-head.ts";
import { NodeResponseSink } from "./node-response-sink.ts";
import { NodeRequest } from "./node-request.ts";
import type { RequestHead } from "./request-head.ts";

type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

/** A connection's states: serving (requests run one after the other) -> closing (the answer that says so is the last;
 * whatever still comes is ignored) -> gone. `isBroken` is set once its bytes are no HTTP any more: nothing new is read. */
interface Connection {
  readonly socket: Socket;
  /** Ends with the last request taken so far. */
  tail: Promise<void>;
  /** Requests taken and not yet answered. */
  inFlight: number;
  last: Exchange | null;
  isClosing: boolean;
  isBroken: boolean;
}

/** A request and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly head: Result<RequestHead, HeadRefusal>;
  readonly body: NodeBodySource;
  readonly sink: NodeResponseSink;
}

/** After so long a silence TCP asks whether the client is still there, ten times in ten seconds: nothing else would tell of one that has vanished
 * while it waits for its answer. */
const PROBE_AFTER_MS = 30_000;

/** HTTP/1.1 by node:http: the adapter until our own wire exists (DECISIONS 19).
 * @see node-request-head.ts for the limits on heads, semantic-gate.ts for what a head may mean */
export const listenOnNode: Listen = async (options) => {
  const server = serverWith(options.limits);
  const listener = new NodeListener(server, options);
  const listening = await startListening(server, options);
  return listening.ok ? ok(listener) : listening;
};

/** The same for connections that come from elsewhere. */
export function takeOnNode(options: ServeOptions): ConnectionTaker {
  const server = serverWith(options.limits);
  const taker = new NodeListener(server, options);
  // Node starts its watch over slow heads when a server begins to listen, which this one never does.
  server.emit("listening");
  return taker;
}

function serverWith(limits: ListenerLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.requestLineBytes + limits.headerBytes + 1024, // ours are exact and tell which was passed
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0, // a body has its own limits: a long upload is no fault
    connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requireHostHeader: false, // the gate refuses it, with a text
    insecureHTTPParser: false,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    // Without a body there is none to be read to its end: nobody listens for that.
    optimizeEmptyRequests: true,
    IncomingMessage: NodeRequest,
  });
  server.maxHeadersCount = 0; // Node would drop the fields above its limit, silently
  return server;
}

function startListening(server: Server, options: ListenerOptions): Promise<Result<void, ListenFailure>> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(err({ code: error.code ?? "UNKNOWN", message: error.message }));
    });
    server.listen(
      "path" in options ? { path: options.path } : { host: options.host, port: options.port },
      () => {
        server.removeAllListeners("error");
        server.on("error", (error) => options.onError({ kind: "handler-failed", detail: error.message }));
        resolve(ok(undefined));
      },
    );
  });
}

class NodeListener implements Listener, ConnectionTaker {
  readonly #server: Server;
  readonly #options: ServeOptions;
  readonly #connections = new Map<Socket, Connection>();
  #isDraining = false;
  #onAllGone: (() => void) | null = null;

  constructor(server: Server, options: ServeOptions) {
    this.#server = server;
    this.#options = options;
    server.on("connection", (socket: Socket) => this.#connectionOf(socket));
    server.on("request", (request, response) => this.#take(request, response, false));
    server.on("checkContinue", (request, response) => this.#take(request, response, true));
    // What is expected besides is the gate's to refuse; Node would answer by itself, and keep the connection.
    server.on("checkExpectation", (request, response) => this.#take(request, response, false));
    server.on("clientError", (error: ParserError, socket) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without TLS a connection is a net.Socket
      this.#onParserError(error, socket as Socket);
    });
    server.on("connect", (request: IncomingMessage) => {
      this.#refuse(this.#connectionOf(request.socket), {
        status: 400,
        message: "CONNECT is not spoken here",
      });
    });
  }

  get host(): string {
    return this.#address().address;
  }

  get port(): number {
    return this.#address().port;
  }

  #address(): AddressInfo {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- asked of listeners on host and port only
    return this.#server.address() as AddressInfo;
  }

  get open(): number {
    return this.#connections.size;
  }

  take(connection: Socket): void {
    // The server sets this on what it accepts itself.
    connection.setNoDelay(true);
    connection.setKeepAlive(true, PROBE_AFTER_MS);
    this.#server.emit("connection", connection);
  }

  startDraining(): void {
    this.#isDraining = true;
  }

  async close(graceMs: number, hurry?: AbortSignal): Promise<number> {
    this.#isDraining = true;
    this.#server.close();
    this.#closeIdle();
    const sweep = setInterval(() => this.#closeIdle(), 100);
    const cut = await this.#untilAllGone(graceMs, hurry);
    clearInterval(sweep);
    return cut;
  }

  async drain(graceMs: number, hurry?: AbortSignal): Promise<number> {
    this.#isDraining = true;
    const cut = await this.#untilAllGone(graceMs, hurry);
    this.#server.close();
    return cut;
  }

  /** Destroys what is left after the grace. */
  async #untilAllGone(graceMs: number, hurry?: AbortSignal): Promise<number> {
    const gone = new Promise<void>((resolve) => {
      this.#onAllGone = resolve;
      if (this.#connections.size === 0) resolve();
    });
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(() => grace.resolve(), hurry?.aborted === true ? 0 : graceMs);
    hurry?.addEventListener("abort", () => grace.resolve());
    await Promise.race([gone, grace.promise]);
    clearTimeout(timer);
    const cut = [...this.#connections.values()].reduce((count, each) => count + each.inFlight, 0);
    for (const { socket } of this.#connections.values()) socket.destroy();
    await gone;
    return cut;
  }

  /** Node's own counts a connection that never sent a byte as busy: it would hold the close up for ever. */
  #closeIdle(): void {
    this.#server.closeIdleConnections();
    for (const { socket, inFlight } of this.#connections.values()) {
      if (inFlight === 0 && socket.bytesRead === 0) socket.destroy();
    }
  }

  #connectionOf(socket: Socket): Connection {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const made: Connection = {
      socket,
      tail: Promise.resolve(),
      inFlight: 0,
      last: null,
      isClosing: false,
      isBroken: false,
    };
    this.#connections.set(socket, made);
    socket.on("close", () => {
      this.#connections.delete(socket);
      if (this.#connections.size === 0) this.#onAllGone?.();
    });
    return made;
  }

  #take(request: IncomingMessage, response: ServerResponse, waitsForContinue: boolean): void {
    const connection = this.#connectionOf(request.socket);
    if (connection.isClosing) return; // sent after a request whose answer ends the connection
    if (connection.inFlight >= this.#options.limits.pipelinedRequests) {
      request.socket.destroy();
      return;
    }
    const exchange = this.#exchange(connection, request, response, waitsForContinue);
    connection.last = exchange;
    connection.inFlight += 1;
    // Not at once: the parser may be about to say that the bytes behind this head are no body.
    connection.tail = connection.tail.then(() => this.#answer(connection, exchange));
  }

  #exchange(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    waitsForContinue: boolean,
  ): Exchange {
    const { limits } = this.#options;
    const head = readNodeHead(request, limits);
    const body = new NodeBodySource(
      request,
      head.ok ? head.value.framing : framingOf(request.rawHeaders),
      limits,
      waitsForContinue ? () => response.writeContinue() : null,
    );
    // llhttp stops behind a request that asks for another protocol: whatever came with it is lost.
    const asksForUpgrade = headerOf(request.rawHeaders, "upgrade") !== null;
    const sink = new NodeResponseSink({
      response,
      body,
      stallTimeoutMs: limits.bodyIdleTimeoutMs,
      mustClose: () => this.#isDraining || asksForUpgrade,
      onClosing: () => {
        connection.isClosing = true;
      },
    });
    return { request, head, body, sink };
  }

  async #answer(connection: Connection, { head, body, sink }: Exchange): Promise<void> {
    try {
      if (connection.isClosing) return;
      if (head.ok) {
        try {
          await this.#options.serve(head.value, body, sink);
          this.#expectAnswer(sink);
        } catch (error) {
          this.#onServeFailure(error, sink);
        }
      } else {
        this.#options.onError({ kind: "bad-head", detail: head.error.message });
        sink.send(head.error.status, [...plainText, "Connection", "close"], head.error.message);
      }
      await sink.closed;
    } finally {
      connection.inFlight -= 1;
    }
  }

  #expectAnswer(sink: NodeResponseSink): void {
    if (sink.isEnded || sink.gone.aborted) return;
    this.#options.onError({ kind: "handler-failed", detail: "a request was left without an answer" });
    this.#endFailed(sink);
  }

  #onServeFailure(error: unknown, sink: NodeResponseSink): void {
    if (error instanceof BodyFailure) {
      if (error.kind === "client-gone" || sink.isStarted) sink.abandon();
      else sink.send(error.kind === "too-slow" ? 408 : 400, plainText, error.message);
      return;
    }
    this.#options.onError({
      kind: "handler-failed",
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    this.#endFailed(sink);
  }

  #endFailed(sink: NodeResponseSink): void {
    if (sink.isStarted) sink.abandon();
    else
      sink.send(
        500,
        [...plainText, "Connection", "close"],
        "The gateway failed on this request; its log says why",
      );
  }

  /** Called by node:http for bytes that are no HTTP, for a head that takes too long, and for broken sockets. */
  #onParserError(error: ParserError, socket: Socket): void {
    const connection = this.#connectionOf(socket);
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    if (connection.isBroken) return; // Node calls again for each further packet
    const { last } = connection;
    if (last === null || last.request.complete) {
      this.#options.onError({ kind: "bad-head", detail: error.code ?? error.message });
      this.#refuse(connection, refusalOf(error));
      return;
    }
    // The broken bytes are the body of the last request: its reader learns of it, and its own answer is the refusal.
    connection.isBroken = true;
    last.body.fail(new BodyFailure(error.code === "HPE_INVALID_EOF_STATE" ? "client-gone" : "malformed"));
    if (last.sink.isStarted) last.sink.abandon();
  }

  /** Answers what could not be read as a request, after the requests before it. */
  #refuse(connection: Connection, refusal: HeadRefusal): void {
    connection.isBroken = true;
    connection.tail = connection.tail.finally(() => {
      if (!connection.isClosing) endWith(connection.socket, refusal);
      connection.isClosing = true;
    });
  }
}

/** Node has no response object for what is no request. */
function endWith(socket: Socket, { status, message }: HeadRefusal): void {
  socket.end(
    `HTTP/1.1 ${status} ${reasonOf[status]}\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${message.length}\r\nConnection: close\r\n\r\n${message}`,
  );
  // Whoever is still sending gets a moment to read the answer before a reset would take it away.
  const timer = setTimeout(() => socket.destroy(), 1000);
  socket.on("close", () => clearTimeout(timer));
}

const plainText = ["Content-Type", "text/plain"];

const reasonOf: Record<HeadRefusal["status"], string> = {
  400: "Bad Request",
  408: "Request Timeout",
  414: "URI Too Long",
  431: "Request Header Fields Too Large",
};

function refusalOf(error: ParserError): HeadRefusal {
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT")
    return { status: 408, message: "The request's head took too long" };
  if (error.code !== "HPE_HEADER_OVERFLOW")
    return { status: 400, message: "This is not a valid HTTP/1.1 request" };
  // Only the last packet is known here: without a line end behind the last head in it, it is (most likely) a request line.
  const parsed = error.rawPacket?.subarray(0, error.bytesParsed ?? 0).toString("latin1") ?? "";
  return parsed.slice(parsed.lastIndexOf("\r\n\r\n") + 4).includes("\r\n") ? headersTooLarge : uriTooLong;
}
