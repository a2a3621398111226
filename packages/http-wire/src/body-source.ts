/** A body, read once, piece by piece; the sender is slowed down to the pace of the reader.
 * A piece is the reader's until it asks for the next one: then its memory is used for other things (give-back.ts). Whoever
 * needs it for longer copies it; whoever writes it waits until it has been written. A reader that leaves keeps its last one.
 * Reading throws `BodyFailure` when the rest will not come. A handler may let it pass: the listener answers where there is
 * still somebody to answer. */
export interface BodySource extends AsyncIterable<Uint8Array> {
  /** Reads all of it.
   * @returns null when it is longer than `limitBytes`; the rest is then not read and the connection will close */
  readAll(limitBytes: number): Promise<Uint8Array | null>;
}

/** A request's body as a listener has it. */
export interface IncomingBody extends BodySource {
  /** Bytes that have been read so far, without framing. */
  readonly receivedBytes: number;
}

/** Why a body ended before its end. It travels as an exception because it may happen at any read, and because nobody but
 * the listener has anything to do about it. */
export class BodyFailure extends Error {
  readonly kind: "client-gone" | "too-slow" | "malformed";
  constructor(kind: BodyFailure["kind"]) {
    super(sentences[kind]);
    this.name = "BodyFailure";
    this.kind = kind;
  }
}

const sentences: Record<BodyFailure["kind"], string> = {
  "client-gone": "The client went away before the end of the request body",
  "too-slow": "The request body came too slowly; send it again on a better connection",
  malformed: "The request body is not framed as HTTP/1.1 requires",
};
