import type { BodySource, UpstreamResponse } from "@octavo/http-wire";
import { LogTap } from "./log-tap.ts";
import { TappedBody } from "./tapped-body.ts";

/** What a stage that buffers, or a log stage, takes at most. */
export const BUFFER_BYTES = 32 * 1024 * 1024;

export interface SentBody {
  readonly body: BodySource | Uint8Array | null;
  /** Where it is known. */
  readonly contentLength: number | null;
}

const NOTHING: SentBody = { body: null, contentLength: null };

/** The body that flows through a pipeline: first the client's, then the answer of each stage that answers. Streamed until
 * a stage needs all of it; from then on it is bytes, which may be sent several times. */
export class StageBody {
  #sent: SentBody;
  #taps: LogTap[] = [];
  /** Whether it is what the client sent. */
  #isClients = true;

  constructor(sent: SentBody) {
    this.#sent = sent;
  }

  get isClients(): boolean {
    return this.#isClients;
  }

  /** The answer of a stage takes the place of what went into it. */
  replace(answer: UpstreamResponse): void {
    this.#sent = { body: answer.body, contentLength: answer.body === null ? null : answer.contentLength };
    this.#isClients = false;
  }

  replaceByBytes(bytes: Uint8Array): void {
    this.#sent = { body: bytes, contentLength: bytes.length };
    this.#isClients = false;
  }

  /** For whoever reads it; a stream is gone then. */
  take(): SentBody {
    const { body, contentLength } = this.#sent;
    if (body === null || body instanceof Uint8Array) return this.#sent;
    const taps = this.#taps;
    this.#taps = [];
    this.#sent = NOTHING;
    return { body: taps.length === 0 ? body : new TappedBody(body, taps), contentLength };
  }

  /** For a stage that listens while another reads. */
  tap(): { readonly sent: SentBody; readonly tap: LogTap | null } {
    const { body, contentLength } = this.#sent;
    if (body === null || body instanceof Uint8Array) return { sent: this.#sent, tap: null };
    const tap = new LogTap();
    this.#taps.push(tap);
    return { sent: { body: tap, contentLength }, tap };
  }

  /** Reads all of it.
   * @returns null where it is longer than BUFFER_BYTES */
  async buffer(): Promise<SentBody | null> {
    const { body } = this.take();
    if (body === null) return NOTHING;
    const bytes = body instanceof Uint8Array ? body : await body.readAll(BUFFER_BYTES);
    if (bytes === null) return null;
    this.#sent = { body: bytes, contentLength: bytes.length };
    return this.#sent;
  }

  /** Nobody will read it: those who listen need not wait. */
  endTaps(): void {
    for (const tap of this.#taps) tap.fail();
    this.#taps = [];
  }
}
