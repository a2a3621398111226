import type { UpstreamConnections } from "@octavo/http-wire";
import type { Instance } from "./instance.ts";
import type { UpstreamLimits } from "./limits.ts";
import type { ModulePool } from "./module-pool.ts";

/** Asks each instance again and again whether it is there. Rounds do not overlap: the next begins its interval after the
 * last has ended. */
export class ActiveChecks {
  readonly #connections: UpstreamConnections;
  readonly #limits: UpstreamLimits;
  readonly #pools: () => Iterable<ModulePool>;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;

  constructor(connections: UpstreamConnections, limits: UpstreamLimits, pools: () => Iterable<ModulePool>) {
    this.#connections = connections;
    this.#limits = limits;
    this.#pools = pools;
    this.#next();
  }

  stop(): void {
    this.#stop.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #next(): void {
    const check = this.#limits.activeCheck;
    if (check === null || this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#round(check.path).then(() => this.#next()), check.intervalMs);
    this.#timer.unref();
  }

  async #round(path: string): Promise<void> {
    const checks: Promise<void>[] = [];
    for (const pool of this.#pools()) {
      for (const instance of pool.instances) checks.push(this.#check(pool, instance, path));
    }
    await Promise.all(checks);
  }

  async #check(pool: ModulePool, instance: Instance, path: string): Promise<void> {
    const { connectMs, activeCheck } = this.#limits;
    const waitMs = Math.max(connectMs, activeCheck?.intervalMs ?? 0);
    const answer = await this.#connections.send(
      instance.origin,
      {
        method: "GET",
        target: instance.basePath + path,
        rawHeaders: [],
        body: null,
        contentLength: null,
        signal: this.#stop.signal,
        isOnNewConnection: true, // a kept one would say how it was a moment ago
      },
      { connectMs, firstByteMs: waitMs, bodyIdleMs: waitMs },
    );
    if (this.#stop.signal.aborted) return;
    if (answer.ok) answer.value.abandon();
    pool.recordCheck(instance, answer.ok);
  }
}
