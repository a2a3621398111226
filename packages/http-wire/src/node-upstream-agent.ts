import { Agent, type ClientRequest, type ClientRequestArgs } from "node:http";
import { lookup as resolveName } from "node:dns";
import { isIP, type LookupFunction, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { letAnswersThrough } from "./node-upstream-writes.ts";

/** What we know of a connection beyond its socket. */
export interface UpstreamConnection {
  /** Requests that it has answered. */
  answered: number;
  /** How long it may wait for its next request. */
  idleMs: number;
}

export interface AgentOptions {
  readonly origin: URL;
  readonly isKept: boolean;
  /** Without a hint of the module. Node's servers close after 5 s: we must be first. */
  readonly idleMs: number;
  readonly mayConnectTo: (address: string) => boolean;
  /** Trust and client certificates for https origins. */
  readonly tls: ConnectionOptions;
  /** Called when the last of its connections has closed. */
  readonly onEmpty: () => void;
}

/** The error code of an address that `mayConnectTo` refuses. */
export const FORBIDDEN = "OCTAVO_FORBIDDEN_ADDRESS";

/** The connections to one origin. Node's agent keeps them, last in first out, and destroys one that speaks while idle (an
 * answer to nothing must not become the next one's); ours adds how long, to which addresses, and counting. */
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
    const { origin, idleMs, onEmpty } = this.#options;
    const socket = letAnswersThrough(
      origin.protocol === "https:" ? this.#connectTls() : this.#connectPlain(),
    );
    this.#known.set(socket, { answered: 0, idleMs });
    this.#open += 1;
    socket.once("close", () => {
      this.#idle.delete(socket);
      this.#open -= 1;
      if (this.#open === 0) onEmpty();
    });
    return socket;
  }

  #connectPlain(): Socket {
    const { hostname, port } = this.#options.origin;
    const socket = new Socket();
    socket.setNoDelay(true);
    return socket.connect({ host: bareHost(hostname), port: Number(port || 80), lookup: this.#lookup });
  }

  #connectTls(): TLSSocket {
    const { hostname, port } = this.#options.origin;
    const host = bareHost(hostname);
    const socket = connectTls({
      ...this.#options.tls,
      host,
      port: Number(port || 443),
      ALPNProtocols: ["http/1.1"],
      lookup: this.#lookup,
      ...(isIP(host) === 0 && { servername: host }),
    });
    socket.setNoDelay(true);
    return socket;
  }

  /** The address that is checked is the one connected to: a name cannot mean another one a moment later. Origins that are
   * an address already are not looked up; node-upstream.ts checks them. */
  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => this.#options.mayConnectTo(address));
      const [first] = allowed;
      if (first === undefined) return callback(forbidden(hostname), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

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

/** URL writes an IPv6 address in brackets. */
export function bareHost(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function forbidden(address: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no module may be at ${address}`), { code: FORBIDDEN });
}
