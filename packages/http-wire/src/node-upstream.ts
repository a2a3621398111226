import { err, type Result } from "@octavo/result";
import { OriginAgent } from "./node-upstream-agent.ts";
import { NodeUpstreamExchange } from "./node-upstream-exchange.ts";
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

/** Connections to modules by node:http: the adapter until our own wire exists (DECISIONS 19). Redirects are answers like
 * others. */
export function connectOnNode(options: UpstreamOptions = {}): UpstreamConnections {
  return new NodeUpstreamConnections(options);
}

interface Origin {
  readonly address: OriginAddress;
  readonly kept: OriginAgent;
  readonly single: OriginAgent;
}

class NodeUpstreamConnections implements UpstreamConnections {
  readonly #options: UpstreamOptions;
  readonly #origins = new Map<string, Origin>();
  /** Those of known origins, and forgotten ones with connections in use. */
  readonly #agents = new Set<OriginAgent>();
  #onAllClosed: (() => void) | null = null;
  #isClosed = false;

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  get open(): number {
    let open = 0;
    for (const agent of this.#agents) open += agent.open;
    return open;
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
    const agent = request.isOnNewConnection === true ? known.single : known.kept;
    return new NodeUpstreamExchange(agent, host, request, timeouts).outcome;
  }

  forget(origin: string): void {
    const known = this.#origins.get(origin);
    if (known === undefined) return;
    this.#origins.delete(origin);
    for (const agent of [known.kept, known.single]) {
      agent.forget();
      if (agent.open === 0) this.#agents.delete(agent);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const agent of this.#agents) agent.destroy();
    if (this.open === 0) return;
    await new Promise<void>((resolve) => {
      this.#onAllClosed = resolve;
    });
  }

  #learn(origin: string): Origin | null {
    const address = originAddress(origin, this.#options);
    if (address === null) return null;
    const made: Origin = { address, kept: this.#agent(address, true), single: this.#agent(address, false) };
    this.#origins.set(origin, made);
    return made;
  }

  #agent(address: OriginAddress, isKept: boolean): OriginAgent {
    const agent = new OriginAgent({
      address,
      isKept,
      idleMs: this.#options.idleMs ?? DEFAULT_IDLE_MS,
      onEmpty: () => {
        if (agent.isForgotten) this.#agents.delete(agent);
        if (this.open === 0) this.#onAllClosed?.();
      },
    });
    this.#agents.add(agent);
    return agent;
  }
}

function refusal(
  kind: UpstreamFailure["kind"],
  detail: string,
): Promise<Result<UpstreamResponse, UpstreamFailure>> {
  return Promise.resolve(err({ kind, wasSent: false, wasReused: false, detail }));
}
