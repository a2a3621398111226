import { JobDriver, JobWatch } from "@octavo/lifecycle";
import type { Registry } from "@octavo/registry";
import { removeTimersOfProducts } from "@octavo/timers";
import { gatewayInterfaces } from "../management/gateway-interfaces.ts";
import type { Jobs, Platform } from "../management/platform.ts";
import { createCallModule } from "./call-module.ts";
import type { CallSystemInterface } from "./system-call.ts";

/** The jobs as one instance takes part in them: it drives some, and tells whoever waits here how they end. */
export class PlatformJobs implements Jobs {
  readonly #watch: JobWatch;
  #driver: JobDriver | null = null;

  constructor(registry: Registry) {
    this.#watch = new JobWatch(registry);
  }

  drive({ registry, instance, log }: Platform, callSystemInterface: CallSystemInterface): void {
    this.#driver = new JobDriver({
      registry,
      instanceId: instance.id,
      callModule: createCallModule(registry, callSystemInterface),
      gatewayProvides: gatewayInterfaces,
      forget: removeTimersOfProducts,
      onSettled: (jobId) => this.#watch.tell(jobId),
      onProblem: (jobId, because) => log.error({ jobId, because }, "job cannot be driven"),
    });
  }

  wake(): void {
    this.#driver?.wake();
  }

  settled(jobId: string, signal: AbortSignal): Promise<void> {
    return this.#watch.settled(jobId, signal);
  }

  /** Whoever waits here is told to look elsewhere; the jobs go on. */
  stopWaiting(): void {
    this.#watch.close();
  }

  async close(graceMs: number): Promise<void> {
    this.#watch.close();
    await this.#driver?.close(graceMs);
  }
}
