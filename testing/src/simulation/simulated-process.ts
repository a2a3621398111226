import type { Scheduler } from "./scheduler.ts";

/** A process of the simulation: whatever reaches its code does so through `deliver`.
 * - running: at once
 * - frozen: not before it is thawed, then in order
 * - dead: never */
export class SimulatedProcess {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #rate: number;
  readonly #originMs: number;
  readonly #held: (() => void)[] = [];
  readonly #atDeath = new Set<() => void>();
  #state: "running" | "frozen" | "dead" = "running";

  /** @param rate of its clock: 1.01 is one percent fast */
  constructor(scheduler: Scheduler, name: string, rate: number) {
    this.#scheduler = scheduler;
    this.name = name;
    this.#rate = rate;
    this.#originMs = scheduler.random.between(0, 1e9);
  }

  get state(): "running" | "frozen" | "dead" {
    return this.#state;
  }

  deliver(work: () => void): void {
    if (this.#state === "running") work();
    else if (this.#state === "frozen") this.#held.push(work);
  }

  /** As `ProcessTime` of the registry, by this process's own clock. */
  get time() {
    const after = (ms: number, work: () => void): (() => void) => {
      let isCancelled = false;
      const cancel = this.#scheduler.after(ms / this.#rate, () =>
        this.deliver(() => {
          if (!isCancelled) work(); // it may have been taken back while the process stood still
        }),
      );
      return () => {
        isCancelled = true;
        cancel();
      };
    };
    return {
      now: (): number => this.#originMs + this.#scheduler.nowMs * this.#rate,
      after,
      every: (ms: number, work: () => void): (() => void) => {
        let cancel = (): void => undefined;
        const again = (): void => {
          cancel = after(ms, () => {
            again();
            work();
          });
        };
        again();
        return () => cancel();
      },
      random: (): number => this.#scheduler.random.next(),
    };
  }

  freeze(): void {
    if (this.#state === "running") this.#state = "frozen";
  }

  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "running";
    for (const work of this.#held.splice(0)) this.#scheduler.after(0, () => this.deliver(work));
  }

  kill(): void {
    this.#state = "dead";
    this.#held.length = 0;
    for (const hear of this.#atDeath) hear();
  }

  /** What the world does when it dies: its sockets close. */
  onDeath(hear: () => void): void {
    this.#atDeath.add(hear);
  }
}
