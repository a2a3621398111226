import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { AnswerVector } from "./answer-vector.ts";
import { parseRequest, type StrictMessage, valuesOf } from "./strict-message.ts";

/** How the bytes of an answer leave the module. */
export const answerManners = ["at once", "byte by byte", "the head first"] as const;
export type AnswerManner = (typeof answerManners)[number];

export interface AnsweredRequest {
  /** Number of the connection. */
  readonly connection: number;
  readonly canary: string;
}

/** A module of bytes: to /answer/vector it says what it is told to, to everything else the canary of that request. */
export class AnsweringModule {
  readonly #server: Server;
  readonly #open = new Map<number, Socket>();
  readonly #waiting: (() => void)[] = [];
  #connections = 0;
  /** What it says to /answer/vector. */
  script: { readonly vector: AnswerVector; readonly manner: AnswerManner } | null = null;
  #requests: AnsweredRequest[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#take(socket));
  }

  static async start(): Promise<AnsweringModule> {
    const module = new AnsweringModule(createServer());
    await new Promise<void>((resolve) => module.#server.listen(0, "127.0.0.1", resolve));
    return module;
  }

  get authority(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on host and port
  }

  /** The requests since the last time. */
  take(): readonly AnsweredRequest[] {
    const requests = this.#requests;
    this.#requests = [];
    return requests;
  }

  /** Writes on a connection that waits for its next request. */
  say(connection: number, text: string): void {
    this.#open.get(connection)?.write(text, "latin1");
  }

  /** @returns false where it is still open after so long that it is kept: a gateway closes one that is idle after 4 s */
  async isClosed(connection: number): Promise<boolean> {
    const signal = AbortSignal.timeout(3000);
    signal.addEventListener("abort", () => this.#changed());
    while (this.#open.has(connection) && !signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return !this.#open.has(connection);
  }

  async close(): Promise<void> {
    for (const socket of this.#open.values()) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #changed(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #take(socket: Socket): void {
    this.#connections += 1;
    const number = this.#connections;
    this.#open.set(number, socket);
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#open.delete(number);
      this.#changed();
    });
    let buffered = "";
    socket.on("data", (text: string) => {
      buffered += text;
      const parsed = parseRequest(buffered);
      if (parsed.kind !== "whole") return;
      buffered = parsed.rest;
      this.#requests.push({ connection: number, canary: valuesOf(parsed.message, "x-canary").join(",") });
      void this.#answer(socket, parsed.message);
    });
  }

  async #answer(socket: Socket, message: StrictMessage): Promise<void> {
    if (this.script === null || !message.startLine.includes(" /answer/vector ")) {
      const body = `canary ${valuesOf(message, "x-canary").join(",")}`;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, "latin1");
      return;
    }
    const { vector, manner } = this.script;
    for (const piece of piecesOf(vector.bytes, manner)) {
      if (socket.destroyed) return;
      socket.write(piece, "latin1");
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (vector.closes) socket.end();
    else if (vector.endless !== null) await pour(socket, vector.endless.repeat(500));
  }
}

/** A long answer is cut into 300 pieces rather than into bytes. */
function piecesOf(bytes: string, manner: AnswerManner): readonly string[] {
  if (manner === "at once") return [bytes];
  if (manner === "the head first") {
    const end = bytes.indexOf("\r\n\r\n") + 4;
    return [bytes.slice(0, end), bytes.slice(end)].filter((piece) => piece !== "");
  }
  const length = Math.ceil(bytes.length / 300);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.slice(at, at + length));
  return pieces;
}

async function pour(socket: Socket, text: string): Promise<void> {
  while (!socket.destroyed) {
    const isTaken = socket.write(text, "latin1");
    await new Promise<void>((resolve) => {
      if (isTaken) setImmediate(resolve);
      else socket.once("drain", resolve).once("close", () => resolve());
    });
  }
}
