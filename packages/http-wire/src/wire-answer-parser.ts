// wire-answer-parser.ts runs for every request.
import {
  type AnswerHead,
  ANSWER_HEAD_BYTES,
  MOST_INTERIM_ANSWERS,
  readAnswerHead,
} from "./upstream-answer-head.ts";
import { parseAnswerHead } from "./wire-answer-head.ts";

/** The head of an answer that is one, with what it says of its body. */
export interface WireAnswerHead extends AnswerHead {
  readonly status: number;
}

/** Reads the answers of one connection, strictly: what two readers could take for different answers is none.
 * States: head (interim answers pass) -> sized | until-close | chunk-size -> chunk -> chunk-end -> chunk-size | trailers ->
 * whole. From any to broken, which ends the connection. Whole and broken take no more bytes.
 * @see RFC 9112; docs/decisions/0016-own-wire-to-modules.md */
export class AnswerParser {
  #state: State = "whole";
  #isForHead = false;
  #head: WireAnswerHead | null = null;
  #problem = "";
  /** Bytes still to come of a body or a chunk. */
  #left = 0;
  /** A line that is not whole yet. */
  #line = "";
  #trailerBytes = 0;
  /** The beginning of a head that came in pieces. */
  #begun: Buffer | null = null;
  #begunBytes = 0;
  #mayStay = false;
  #hasContinued = false;
  #interimAnswers = 0;

  /** The next bytes are an answer to a new request. */
  start(method: string): void {
    this.#state = "head";
    this.#isForHead = method === "HEAD";
    this.#head = null;
    this.#left = 0;
    this.#line = "";
    this.#trailerBytes = 0;
    this.#begun = null;
    this.#begunBytes = 0;
    this.#mayStay = true;
    this.#hasContinued = false;
    this.#interimAnswers = 0;
  }

  /** null until it is whole. */
  get head(): WireAnswerHead | null {
    return this.#head;
  }

  get isWhole(): boolean {
    return this.#state === "whole";
  }

  /** Why the bytes are no answer; null while they may be one. */
  get problem(): string | null {
    return this.#state === "broken" ? this.#problem : null;
  }

  /** Whether a "100 Continue" has come. */
  get hasContinued(): boolean {
    return this.#hasContinued;
  }

  /** Whether the connection may be used again after this answer. */
  get mayStay(): boolean {
    return this.#state === "whole" && this.#mayStay;
  }

  /** Whether this answer has a body, be it of no bytes. */
  get hasBody(): boolean {
    return !this.#isForHead && this.#head !== null && hasBodyByStatus(this.#head.status);
  }

  /** @param pieces gets what these bytes have of the body; parts of `bytes`, not copies */
  push(bytes: Buffer, pieces: Buffer[]): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head":
          at = this.#readHead(bytes, at);
          break;
        case "sized":
        case "chunk":
          at = this.#readSized(bytes, at, pieces);
          break;
        case "until-close":
          pieces.push(at === 0 ? bytes : bytes.subarray(at));
          return;
        case "chunk-size":
        case "chunk-end":
        case "trailers":
          at = this.#readLine(bytes, at);
          break;
        case "whole":
          // What follows an answer belongs to none: it must not become the next one's.
          this.#mayStay = false;
          return;
        case "broken":
          return;
      }
    }
  }

  /** The connection has ended. */
  end(): void {
    if (this.#state === "until-close") this.#state = "whole";
  }

  #break(problem: string): void {
    this.#state = "broken";
    this.#problem = problem;
  }

  /** @returns where the bytes behind it begin */
  #readHead(bytes: Buffer, from: number): number {
    if (this.#begun !== null) return this.#readHeadInPieces(bytes, from, this.#begun);
    const end = bytes.indexOf(EMPTY_LINE, from);
    if (end === -1) {
      return this.#readHeadInPieces(bytes, from, (this.#begun = Buffer.allocUnsafe(ANSWER_HEAD_BYTES)));
    }
    if (end - from > ANSWER_HEAD_BYTES) this.#break("a head above its limit");
    else this.#takeHead(bytes.toString("latin1", from, end + 2));
    return end + EMPTY_LINE.length;
  }

  #readHeadInPieces(bytes: Buffer, from: number, begun: Buffer): number {
    const before = this.#begunBytes;
    const copied = bytes.copy(begun, before, from);
    this.#begunBytes += copied;
    const known = begun.subarray(0, this.#begunBytes);
    const end = known.indexOf(EMPTY_LINE, Math.max(0, before - EMPTY_LINE.length));
    if (end === -1) {
      if (!mayBeHead(known, before)) this.#break("a head that is not HTTP/1.1");
      else if (this.#begunBytes === begun.length) this.#break("a head above its limit");
      return from + copied;
    }
    this.#begun = null;
    this.#begunBytes = 0;
    this.#takeHead(known.toString("latin1", 0, end + 2));
    return from + end + EMPTY_LINE.length - before;
  }

  #takeHead(text: string): void {
    const parsed = parseAnswerHead(text);
    if (!parsed.ok) return this.#break(parsed.error);
    const { status, minorVersion, rawHeaders } = parsed.value;
    const head = readAnswerHead(rawHeaders);
    if (!head.ok) return this.#break(head.error);
    const { isChunked, contentLength, connection, keepAliveSeconds } = head.value;
    if (isChunked && minorVersion === 0) return this.#break("chunks in an answer of HTTP/1.0");
    if (status < 200) {
      if (status === 101) return this.#break("it switched protocols without being asked");
      if (isChunked || contentLength !== null) return this.#break("an interim answer with a body");
      this.#interimAnswers += 1;
      if (this.#interimAnswers > MOST_INTERIM_ANSWERS) return this.#break("a flood of interim answers");
      this.#hasContinued ||= status === 100;
      return;
    }
    this.#head = {
      status,
      rawHeaders: head.value.rawHeaders,
      contentLength,
      isChunked,
      keepAliveSeconds,
      connection,
    };
    const isKept = minorVersion === 1 ? connection !== "close" : connection === "keep-alive";
    this.#mayStay = isKept;
    if (!this.hasBody) {
      // Whoever announces a body that cannot be may send it all the same.
      if (status === 204 && (isChunked || (contentLength ?? 0) > 0)) this.#mayStay = false;
      this.#state = "whole";
    } else if (isChunked) {
      this.#state = "chunk-size";
    } else if (contentLength === null) {
      this.#mayStay = false;
      this.#state = "until-close";
    } else {
      this.#left = contentLength;
      this.#state = contentLength === 0 ? "whole" : "sized";
    }
  }

  #readSized(bytes: Buffer, from: number, pieces: Buffer[]): number {
    const to = Math.min(bytes.length, from + this.#left);
    pieces.push(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    this.#left -= to - from;
    if (this.#left === 0) this.#state = this.#state === "chunk" ? "chunk-end" : "whole";
    return to;
  }

  #readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end === -1 ? bytes.length : end + 1;
    this.#line += bytes.toString("latin1", from, to);
    if (this.#line.length > LINE_BYTES) this.#break("a line above its limit between chunks");
    else if (end !== -1) {
      const line = this.#line;
      this.#line = "";
      this.#takeLine(line);
    } else if (this.#state === "chunk-end" && !"\r\n".startsWith(this.#line)) {
      this.#break("a chunk that does not end where it said");
    }
    return to;
  }

  #takeLine(line: string): void {
    if (this.#state === "chunk-end") {
      if (line === "\r\n") this.#state = "chunk-size";
      else this.#break("a chunk that does not end where it said");
    } else if (this.#state === "chunk-size") {
      const size = chunkSize.exec(line)?.[1];
      if (size === undefined) return this.#break("a chunk without a size");
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? "trailers" : "chunk";
    } else {
      this.#takeTrailer(line);
    }
  }

  /** Trailers are dropped; one that would be about framing is a contradiction. */
  #takeTrailer(line: string): void {
    if (line === "\r\n") {
      this.#state = "whole";
      return;
    }
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > LINE_BYTES) this.#break("trailers above their limit");
    else if (!trailer.test(line)) this.#break("a trailer that is no header");
  }
}

type State =
  | "head"
  | "sized"
  | "until-close"
  | "chunk-size"
  | "chunk"
  | "chunk-end"
  | "trailers"
  | "whole"
  | "broken";

const EMPTY_LINE = Buffer.from("\r\n\r\n");
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A line between chunks, and all trailers together. */
const LINE_BYTES = 8 * 1024;
const HEAD_BEGINS = Buffer.from("HTTP/1.");

// Extensions may be there and mean nothing; only their plain form is let through.
const chunkSize =
  /^([0-9A-Fa-f]{1,13})(?:;[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:=[!#$%&'*+.^_`|~0-9A-Za-z-]+)?){0,8}\r\n$/;
const trailer =
  /^(?!content-length:|transfer-encoding:)[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n$/i;

function hasBodyByStatus(status: number): boolean {
  return status !== 204 && status !== 304;
}

/** Whether what is known of a head can still become one: garbage should not have the whole time of a first byte. */
function mayBeHead(known: Buffer, lookedAt: number): boolean {
  const begun = Math.min(known.length, HEAD_BEGINS.length);
  if (known.compare(HEAD_BEGINS, 0, begun, 0, begun) !== 0) return false;
  for (let at = known.indexOf(LINE_FEED, lookedAt); at !== -1; at = known.indexOf(LINE_FEED, at + 1)) {
    if (known[at - 1] !== CARRIAGE_RETURN) return false;
  }
  return true;
}
