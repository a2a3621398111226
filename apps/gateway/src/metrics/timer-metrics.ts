import type { RunnerVitals } from "@octavo/timers";
import { CounterFamily } from "./counter.ts";
import type { Family } from "./family.ts";
import { readAtScrape } from "./read-at-scrape.ts";

/** The timers that this instance fires. */
export class TimerMetrics {
  readonly #fires = new CounterFamily(
    "octavo_timer_fires_total",
    "Calls of modules for timers. outcome: succeeded, failed, or unknown where no answer came",
    ["outcome"],
  );

  note(outcome: string): void {
    this.#fires.of(outcome).add();
  }

  families(vitals: () => RunnerVitals): readonly Family[] {
    return [
      this.#fires,
      readAtScrape("gauge", "octavo_timers", "Timers that this instance fires", () => vitals().timers),
      readAtScrape(
        "gauge",
        "octavo_timer_calls",
        "Calls for timers that are under way",
        () => vitals().running,
      ),
      readAtScrape(
        "gauge",
        "octavo_timer_overdue_seconds",
        "How long the timer that waits longest is overdue; 0 where none is",
        () => vitals().longestOverdueMs / 1000,
      ),
    ];
  }
}
