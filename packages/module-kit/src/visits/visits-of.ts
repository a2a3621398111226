import type { RunningModule, Stop } from "../definition/part.ts";
import type { Errand } from "./errand.ts";
import { type Sweep, Sweeper } from "./sweeper.ts";
import { defaultVisitTiming, VisitLoop, type VisitTiming } from "./visit-loop.ts";

/** The visits that one running module makes to its tenants, shared by its parts. */
export class Visits {
  readonly #loop: VisitLoop;
  readonly #sweeper: Sweeper;
  #parts = 0;

  constructor(running: Pick<RunningModule, "database" | "log">, timing: VisitTiming = defaultVisitTiming) {
    const { database, log } = running;
    this.#loop = new VisitLoop(database.home, log, timing);
    this.#sweeper = new Sweeper(database, timing.sweepSeconds, (tenantId) => {
      for (const name of this.#loop.errandNames) {
        if (name !== this.#sweeper.name) this.#loop.wake(tenantId, name, 0);
      }
    });
  }

  /** Of everything that is looked for in tenants. */
  get errandNames(): readonly string[] {
    return this.#loop.errandNames;
  }

  wake(tenantId: string, errand: string, inSeconds: number): void {
    this.#loop.wake(tenantId, errand, inSeconds);
  }

  /** There is room for more visits. */
  poke(): void {
    this.#loop.poke();
  }

  /** Adds what a part does in tenants, until it stops. The last part that stops ends the visits. */
  join({ errand, sweeps = [] }: { readonly errand?: Errand; readonly sweeps?: readonly Sweep[] }): Stop {
    this.#parts += 1;
    for (const sweep of sweeps) this.#sweeper.add(sweep);
    if (errand !== undefined) this.#loop.add(errand);
    this.#loop.add(this.#sweeper);
    return async () => {
      this.#parts -= 1;
      if (this.#parts === 0) await this.#loop.stop();
    };
  }
}

const known = new WeakMap<RunningModule, Visits>();

/** The one of this running module. */
export function visitsOf(running: RunningModule): Visits {
  const visits = known.get(running) ?? new Visits(running);
  known.set(running, visits);
  return visits;
}
