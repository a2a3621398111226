import { err, type Result } from "@octavo/result";
import {
  DEFAULT_IDLE_MS,
  originAddress,
  type OriginAddress,
  type UpstreamOptions,
} from "./upstream-socket.ts";
import type {
  UpstreamConnections,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamTimeouts,
} from "./upstream.ts";
import { type ConnectionKeeper, WireConnection } from "./wire-connection.ts";
import { WireExchange } from "./wire-exchange.ts";

/** Connections to modules by our own HTTP/1.1 on sockets. Redirects are answers like others.
 * @see docs/decisions/0016-own-wire-to-modules.md */
export function connectOnWire(options: UpstreamOptions = {}): UpstreamConnections {
  return new WireConnections(options);
}

/** Idle connections to one origin; as many as Node's agent keeps. */
const MOST_IDLE = 256;

class WireConnections implements UpstreamConnections {
  readonly #options: UpstreamOptions;
  readonly #origins = new Map<string, Origin>();
  readonly #all = new Set<WireConnection>();
  #onAllClosed: (() => void) | null = null;
  #isClosed = false;

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#all.size;
  }

  send(
    origin: string,
    request: UpstreamRequest,
    timeouts: UpstreamTimeouts,
  ): Promise<Result<UpstreamResponse, UpstreamFailure>> {
    if (this.#isClosed || request.signal.aborted) return refusal("aborted", "aborted before it was sent");
    const known = this.#origins.get(origin) ?? this.#learn(origin);
    if (known === null) return refusal("no-such-host", `${origin} is not an http or https URL`);
    const { host, isForbidden } = known.address;
    if (isForbidden) return refusal("forbidden-address", `no module may be at ${host}`);
    const kept = request.isOnNewConnection === true ? null : known.takeIdle();
    return new WireExchange(kept ?? this.#connect(known), host, request, timeouts).outcome;
  }

  forget(origin: string): void {
    const known = this.#origins.get(origin);
    if (known === undefined) return;
    this.#origins.delete(origin);
    known.forget();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { socket } of this.#all) socket.destroy();
    if (this.#all.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onAllClosed = resolve;
    });
  }

  #learn(origin: string): Origin | null {
    const address = originAddress(origin, this.#options);
    if (address === null) return null;
    const made = new Origin(address, (connection) => {
      this.#all.delete(connection);
      if (this.#all.size === 0) this.#onAllClosed?.();
    });
    this.#origins.set(origin, made);
    return made;
  }

  #connect(origin: Origin): WireConnection {
    const made = new WireConnection(origin.address, this.#options.idleMs ?? DEFAULT_IDLE_MS, origin);
    this.#all.add(made);
    return made;
  }
}

/** Where modules are, with the idle connections to it, the last used last. */
class Origin implements ConnectionKeeper {
  readonly address: OriginAddress;
  readonly #onConnectionClosed: (connection: WireConnection) => void;
  #idle: WireConnection[] = [];
  #isForgotten = false;

  constructor(address: OriginAddress, onConnectionClosed: (connection: WireConnection) => void) {
    this.address = address;
    this.#onConnectionClosed = onConnectionClosed;
  }

  takeIdle(): WireConnection | null {
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.isUsable) return last;
    }
    return null;
  }

  onIdle(connection: WireConnection): void {
    if (this.#isForgotten || this.#idle.length >= MOST_IDLE) connection.socket.destroy();
    else this.#idle.push(connection);
  }

  onClosed(connection: WireConnection): void {
    const at = this.#idle.lastIndexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    this.#onConnectionClosed(connection);
  }

  /** Idle connections close now, those in use after their answer. */
  forget(): void {
    this.#isForgotten = true;
    for (const { socket } of this.#idle) socket.destroy();
  }
}

function refusal(
  kind: UpstreamFailure["kind"],
  detail: string,
): Promise<Result<UpstreamResponse, UpstreamFailure>> {
  return Promise.resolve(err({ kind, wasSent: false, wasReused: false, detail }));
}
