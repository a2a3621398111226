import type { CancelSignal } from "./cancellation.ts";

/** Where an answer goes. One head, then bytes, then end. */
export interface ResponseSink {
  /** Headers flat (name, value ...). Framing is the sink's: give no Content-Length and no Transfer-Encoding, except through
   * `contentLength` where the length is known. `Connection: close` ends the connection after this answer. */
  start(status: number, rawHeaders: readonly string[], contentLength: number | null): void;
  /** Resolves when the system has taken them: their memory is the caller's again. Also when the client has gone: look at
   * `gone` in a loop. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  /** Ends the connection in the middle: only so can the client tell that a started answer will not be whole. */
  abandon(): void;
  /** A whole answer at once; a long text is turned into bytes piece by piece, as the client takes it. */
  send(status: number, rawHeaders: readonly string[], body: Uint8Array | string): void;
  /** Of the answer that was started; 0 before. */
  readonly status: number;
  /** Bytes of the body that were handed over so far, without framing. */
  readonly sentBytes: number;
  readonly isStarted: boolean;
  readonly isEnded: boolean;
  /** Aborted when the client has gone away before the answer ended. */
  readonly gone: CancelSignal;
  /** Resolves when the answer has been handed to the system, or the client is gone. */
  readonly closed: Promise<void>;
}
