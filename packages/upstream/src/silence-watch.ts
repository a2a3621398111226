import type { UpstreamConnections } from "@octavo/http-wire";
import type { Instance } from "./instance.ts";
import type { SilenceLimits } from "./limits.ts";
import type { ModulePool, UpstreamClock } from "./module-pool.ts";

interface Surroundings {
  readonly connections: UpstreamConnections;
  readonly clock: UpstreamClock;
  readonly silence: SilenceLimits | null;
  readonly pools: () => Iterable<ModulePool>;
}

/** Finds instances that stand still: the kernel takes connections for a frozen process, so that only its silence tells.
 * An instance's states: answering -> suspected (owes answers, said nothing for a while: asked once) -> answering, or down
 * (gets no requests, asked again and again) -> answering.
 * A module that runs once is left alone: its requests have no other place to go. */
export class SilenceWatch {
  readonly #around: Surroundings;
  readonly #stop = new AbortController();
  readonly #asked = new Set<Instance>();
  readonly #timer: NodeJS.Timeout | null;

  constructor(around: Surroundings) {
    this.#around = around;
    const { silence } = around;
    this.#timer = silence === null ? null : setInterval(() => this.#look(silence), silence.everyMs).unref();
  }

  stop(): void {
    this.#stop.abort();
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #look(silence: SilenceLimits): void {
    const now = this.#around.clock.now();
    for (const pool of this.#around.pools()) {
      if (pool.instances.length < 2) continue;
      for (const instance of pool.instances) {
        const isSuspected = now - instance.silentSince >= silence.suspectAfterMs;
        if ((!isSuspected && !instance.health.isDown) || this.#asked.has(instance)) continue;
        this.#asked.add(instance);
        void this.#ask(pool, instance, silence).finally(() => this.#asked.delete(instance));
      }
    }
  }

  async #ask(pool: ModulePool, instance: Instance, { path, answerMs }: SilenceLimits): Promise<void> {
    const answer = await this.#around.connections.send(
      instance.origin,
      {
        method: "GET",
        target: instance.basePath + path,
        rawHeaders: [],
        body: null,
        contentLength: null,
        signal: this.#stop.signal,
        isOnNewConnection: true, // a kept one may be the fault
      },
      { connectMs: answerMs, firstByteMs: answerMs, bodyIdleMs: answerMs },
    );
    if (this.#stop.signal.aborted) return;
    if (answer.ok) answer.value.abandon();
    pool.recordSilence(instance, answer.ok);
  }
}
