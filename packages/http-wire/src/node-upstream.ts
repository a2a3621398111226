import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { err, type Result } from "@octavo/result";
import { bareHost, OriginAgent } from "./node-upstream-agent.ts";
import { NodeUpstreamExchange } from "./node-upstream-exchange.ts";
import { mayBeModule } from "./upstream-address.ts";
import type {
  UpstreamConnections,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamTimeouts,
} from "./upstream.ts";

export interface NodeUpstreamOptions {
  /** How long a connection is kept without a hint of the module; default DEFAULT_IDLE_MS. */
  readonly idleMs?: number;
  /** Which addresses may be connected to, asked for each new connection; default upstream-address.ts. */
  readonly mayConnectTo?: (address: string) => boolean;
  /** Trust and client certificates for https origins. */
  readonly tls?: ConnectionOptions;
}

/** Connections to modules by node:http: the adapter until our own wire exists (DECISIONS 19). Redirects are answers like
 * others. */
export function connectOnNode(options: NodeUpstreamOptions = {}): UpstreamConnections {
  return new NodeUpstreamConnections(options);
}

interface Origin {
  readonly host: string;
  /** An address in the URL itself that no module may have. */
  readonly isForbidden: boolean;
  readonly kept: OriginAgent;
  readonly single: OriginAgent;
}

class NodeUpstreamConnections implements UpstreamConnections {
  readonly #options: NodeUpstreamOptions;
  readonly #origins = new Map<string, Origin>();
  /** Those of known origins, and forgotten ones with connections in use. */
  readonly #agents = new Set<OriginAgent>();
  #onAllClosed: (() => void) | null = null;
  #isClosed = false;

  constructor(options: NodeUpstreamOptions) {
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
    if (known.isForbidden) return refusal("forbidden-address", `no module may be at ${known.host}`);
    const agent = request.isOnNewConnection === true ? known.single : known.kept;
    return new NodeUpstreamExchange(agent, known.host, request, timeouts).outcome;
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
    const url = URL.parse(origin);
    if (url === null || !/^https?:$/.test(url.protocol)) return null;
    const mayConnectTo = this.#options.mayConnectTo ?? mayBeModule;
    const address = bareHost(url.hostname);
    const made: Origin = {
      host: url.host,
      isForbidden: isIP(address) !== 0 && !mayConnectTo(address),
      kept: this.#agent(url, mayConnectTo, true),
      single: this.#agent(url, mayConnectTo, false),
    };
    this.#origins.set(origin, made);
    return made;
  }

  #agent(origin: URL, mayConnectTo: (address: string) => boolean, isKept: boolean): OriginAgent {
    const agent = new OriginAgent({
      origin,
      isKept,
      mayConnectTo,
      idleMs: this.#options.idleMs ?? DEFAULT_IDLE_MS,
      tls: this.#options.tls ?? {},
      onEmpty: () => {
        if (agent.isForgotten) this.#agents.delete(agent);
        if (this.open === 0) this.#onAllClosed?.();
      },
    });
    this.#agents.add(agent);
    return agent;
  }
}

/** Under the 5 s after which Node's servers close a connection. */
const DEFAULT_IDLE_MS = 4000;

function refusal(
  kind: UpstreamFailure["kind"],
  detail: string,
): Promise<Result<UpstreamResponse, UpstreamFailure>> {
  return Promise.resolve(err({ kind, wasSent: false, wasReused: false, detail }));
}
