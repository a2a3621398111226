import type { UpstreamConnections, UpstreamRequest } from "@octavo/http-wire";
import type { Result } from "@octavo/result";
import { ActiveChecks } from "./active-checks.ts";
import type { GatewayFailure } from "./gateway-failure.ts";
import type { InstanceReport } from "./instance.ts";
import { defaultUpstreamLimits, type UpstreamLimits } from "./limits.ts";
import {
  ModulePool,
  type UpstreamClock,
  type UpstreamEvent,
  type UpstreamModule,
  type UpstreamModuleInstance,
} from "./module-pool.ts";
import { Call, type RoutePolicy, type UpstreamAnswer } from "./run-call.ts";
import { SilenceWatch } from "./silence-watch.ts";

export interface UpstreamsOptions {
  readonly connections: UpstreamConnections;
  readonly clock: UpstreamClock;
  readonly limits?: UpstreamLimits;
  /** From 0 to below 1; for tests. */
  readonly random?: () => number;
  readonly onEvent?: (event: UpstreamEvent) => void;
  /** Told of each answer's head, and how long it took; also where nobody waited any longer. Runs for every request. */
  readonly onAnswer?: (moduleId: string, ms: number) => void;
}

/** The modules as the gateway calls them. */
export interface Upstreams {
  /** Sends a request to the best instance, to a second one where that is safe (decide-retry.ts).
   * The answer's slot is held until the answer has ended, which one that came whole has: read it, or `abandon()` it.
   * @param module its instances are taken over when they differ from what was known, as by `setInstances`
   * @throws BodyFailure where the request's own body broke off */
  send(
    module: UpstreamModule,
    request: UpstreamRequest,
    route: RoutePolicy,
  ): Promise<Result<UpstreamAnswer, GatewayFailure>>;
  /** What discovery says now. Instances that are not in the list are drained: no new requests, kept connections closed,
   * those in flight end as they do. */
  setInstances(moduleId: string, instances: readonly UpstreamModuleInstance[]): void;
  /** How this process sees a module's instances. */
  report(moduleId: string): readonly InstanceReport[];
  /** Requests that have a slot now. */
  readonly inFlight: number;
  /** Requests that wait for one. */
  readonly queued: number;
  /** Ends the checks; the connections are their owner's. */
  close(): void;
}

export function createUpstreams(options: UpstreamsOptions): Upstreams {
  return new ModuleUpstreams(options);
}

interface KnownModule {
  readonly pool: ModulePool;
  list: readonly UpstreamModuleInstance[];
}

class ModuleUpstreams implements Upstreams {
  readonly #connections: UpstreamConnections;
  readonly #around: {
    readonly connections: UpstreamConnections;
    readonly clock: UpstreamClock;
    readonly limits: UpstreamLimits;
    readonly random: () => number;
    readonly onEvent: (event: UpstreamEvent) => void;
    readonly onAnswer: (moduleId: string, ms: number) => void;
  };
  readonly #modules = new Map<string, KnownModule>();
  /** Instances at an origin: several modules may share one. */
  readonly #usesOf = new Map<string, number>();
  readonly #checks: ActiveChecks;
  readonly #silence: SilenceWatch;

  constructor({ connections, clock, limits, random, onEvent, onAnswer }: UpstreamsOptions) {
    this.#connections = connections;
    this.#around = {
      connections,
      clock,
      limits: limits ?? defaultUpstreamLimits,
      random: random ?? Math.random,
      onEvent: onEvent ?? (() => undefined),
      onAnswer: onAnswer ?? (() => undefined),
    };
    const pools = () => this.#pools();
    this.#checks = new ActiveChecks(connections, this.#around.limits, pools);
    this.#silence = new SilenceWatch({ connections, clock, silence: this.#around.limits.silence, pools });
  }

  get inFlight(): number {
    let inFlight = 0;
    for (const pool of this.#pools()) inFlight += pool.inFlight;
    return inFlight;
  }

  get queued(): number {
    let queued = 0;
    for (const pool of this.#pools()) queued += pool.queued;
    return queued;
  }

  send(
    module: UpstreamModule,
    request: UpstreamRequest,
    route: RoutePolicy,
  ): Promise<Result<UpstreamAnswer, GatewayFailure>> {
    const { moduleId, instances } = module;
    const known = this.#modules.get(moduleId);
    const { pool } = known?.list === instances ? known : this.#take(moduleId, instances);
    return new Call(pool, this.#around, request, route).run();
  }

  setInstances(moduleId: string, instances: readonly UpstreamModuleInstance[]): void {
    if (this.#modules.get(moduleId)?.list !== instances) this.#take(moduleId, instances);
  }

  report(moduleId: string): readonly InstanceReport[] {
    return this.#modules.get(moduleId)?.pool.report() ?? [];
  }

  close(): void {
    this.#checks.stop();
    this.#silence.stop();
  }

  #take(moduleId: string, list: readonly UpstreamModuleInstance[]): KnownModule {
    const known = this.#modules.get(moduleId) ?? { pool: new ModulePool(moduleId, this.#around), list };
    known.list = list;
    this.#modules.set(moduleId, known);
    const { left, came } = known.pool.setInstances(list);
    for (const { origin } of came) this.#usesOf.set(origin, (this.#usesOf.get(origin) ?? 0) + 1);
    for (const { origin } of left) {
      const uses = (this.#usesOf.get(origin) ?? 0) - 1;
      if (uses > 0) {
        this.#usesOf.set(origin, uses);
        continue;
      }
      this.#usesOf.delete(origin);
      this.#connections.forget(origin);
    }
    // A module without instances and requests is not remembered: modules come and go for years.
    if (list.length === 0 && known.pool.inFlight === 0) this.#modules.delete(moduleId);
    return known;
  }

  *#pools(): Generator<ModulePool> {
    for (const { pool } of this.#modules.values()) yield pool;
  }
}
