import { sql } from "@octavo/database";
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
    // Tenants that were enabled before the module had anything to sweep; spread, so that a start is no rush.
    const known = sql`insert into octavo_wake (tenant_id, errand, due_at)
      select tenant_id, ${this.#sweeper.name}, now() + make_interval(secs => random() * ${timing.sweepSeconds}::float8)
      from octavo_tenant where state = 'enabled' on conflict (tenant_id, errand) do nothing`;
    void database.home
      .tx((tx) => tx.run(known))
      .catch((error: unknown) => {
        log.warn(
          { err: error },
          "home could not be told whom to sweep; tenants that are enabled from now on are swept",
        );
      });
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
