import type { Socket } from "node:net";
import { RefreshedTimer } from "./refreshed-timer.ts";
import { isTls, openUpstreamSocket, type OriginAddress } from "./upstream-socket.ts";
import { AnswerParser } from "./wire-answer-parser.ts";

/** Who has the connection now. */
export interface ConnectionUser {
  /** It stands. */
  onReady(): void;
  onBytes(bytes: Buffer): void;
  /** The module sends no more. */
  onEnd(): void;
  onError(error: NodeJS.ErrnoException): void;
  onClosed(): void;
  /** The time is up that was given to the present phase. */
  onTimeout(): void;
}

/** What a connection needs of whoever keeps it. */
export interface ConnectionKeeper {
  /** It has nothing to do and may be used again. */
  onIdle(connection: WireConnection): void;
  onClosed(connection: WireConnection): void;
}

/** One connection to a module.
 * States: connecting -> busy (one exchange has it) -> idle -> busy ... -> closed. A byte, an end or an error while idle closes
 * it: an answer to nothing must not become the next one's. */
export class WireConnection {
  readonly socket: Socket;
  readonly parser = new AnswerParser();
  /** Of the phase that the exchange is in. */
  readonly timer = new RefreshedTimer(() => this.#user?.onTimeout());
  readonly #keeper: ConnectionKeeper;
  readonly #idleTimer = new RefreshedTimer(() => this.socket.destroy());
  #user: ConnectionUser | null = null;
  #isStanding = false;
  /** Requests that it has answered. */
  answered = 0;
  /** How long it may wait for its next request. */
  idleMs: number;

  constructor(address: OriginAddress, idleMs: number, keeper: ConnectionKeeper) {
    this.idleMs = idleMs;
    this.#keeper = keeper;
    const socket = openUpstreamSocket(address);
    this.socket = socket;
    socket.once(isTls(socket) ? "secureConnect" : "connect", () => {
      this.#isStanding = true;
      this.#user?.onReady();
    });
    socket.on("data", (bytes: Buffer) => {
      if (this.#user === null) socket.destroy();
      else this.#user.onBytes(bytes);
    });
    socket.on("end", () => {
      if (this.#user === null) socket.destroy();
      else this.#user.onEnd();
    });
    // While idle it says nothing to anybody; "close" follows.
    socket.on("error", (error: NodeJS.ErrnoException) => this.#user?.onError(error));
    socket.on("close", () => {
      this.timer.clear();
      this.#idleTimer.clear();
      this.#user?.onClosed();
      this.#keeper.onClosed(this);
    });
  }

  get isStanding(): boolean {
    return this.#isStanding;
  }

  /** Whether the next request can go out on it. */
  get isUsable(): boolean {
    return this.socket.writable && !this.socket.destroyed;
  }

  take(user: ConnectionUser): void {
    this.#idleTimer.disarm();
    this.#user = user;
  }

  /** The exchange is over.
   * @param mayStay every byte of its answer has been read, and nothing else */
  leave(mayStay: boolean): void {
    this.#user = null;
    this.timer.disarm();
    if (!mayStay || this.idleMs <= 0) {
      this.socket.destroy();
      return;
    }
    // Its last bytes may have been too many for a slow reader: the next one must not wait for an answer that nobody reads.
    if (this.socket.isPaused()) this.socket.resume();
    this.#idleTimer.arm(this.idleMs);
    this.#keeper.onIdle(this);
  }
}
