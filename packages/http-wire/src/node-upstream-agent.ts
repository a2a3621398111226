import { Agent, type ClientRequest, type ClientRequestArgs } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { openUpstreamSocket, type OriginAddress } from "./upstream-socket.ts";

/** What we know of a connection beyond its socket. */
export interface UpstreamConnection {
  /** Requests that it has answered. */
  answered: number;
  /** How long it may wait for its next request. */
  idleMs: number;
}

export interface AgentOptions {
  readonly address: OriginAddress;
  readonly isKept: boolean;
  /** Without a hint of the module. */
  readonly idleMs: number;
  /** Called when the last of its connections has closed. */
  readonly onEmpty: () => void;
}

/** The connections to one origin. Node's agent keeps them, last in first out, and destroys one that speaks while idle (an
 * answer to nothing must not become the next one's); ours adds how long, and counting. */
export class OriginAgent extends Agent {
  readonly #options: AgentOptions;
  readonly #known = new WeakMap<Duplex, UpstreamConnection>();
  readonly #idle = new Set<Duplex>();
  #open = 0;
  #isForgotten = false;

  constructor(options: AgentOptions) {
    super({ keepAlive: options.isKept });
    this.#options = options;
  }

  get open(): number {
    return this.#open;
  }

  get isForgotten(): boolean {
    return this.#isForgotten;
  }

  connectionOf(socket: Duplex): UpstreamConnection {
    const known = this.#known.get(socket);
    if (known === undefined) throw new Error("invariant broken: an agent knows the sockets that it made");
    return known;
  }

  override createConnection(_args: ClientRequestArgs): Socket {
    const { address, idleMs, onEmpty } = this.#options;
    const socket = openUpstreamSocket(address);
    this.#known.set(socket, { answered: 0, idleMs });
    this.#open += 1;
    socket.once("close", () => {
      this.#idle.delete(socket);
      this.#open -= 1;
      if (this.#open === 0) onEmpty();
    });
    return socket;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    const { idleMs } = this.connectionOf(socket);
    super.keepSocketAlive(socket);
    if (this.#isForgotten || idleMs <= 0) return false;
    // The agent destroys it at this event where it is idle, and nobody listens to it while a request runs.
    if (socket instanceof Socket) socket.setTimeout(idleMs);
    this.#idle.add(socket);
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    this.#idle.delete(socket);
  }

  /** Idle connections close now, those in use after their answer. */
  forget(): void {
    this.#isForgotten = true;
    for (const socket of this.#idle) socket.destroy();
  }
}
