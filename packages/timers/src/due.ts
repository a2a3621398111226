import type { Cadence } from "./cadence.ts";
import { latestRun, nextRun } from "./cron-runs.ts";
import { fractionOf } from "./spread.ts";
import { zoneOffset } from "./zone-offset.ts";

/** Okapi adds up to so much at random to each wait (timer_wait_extra). */
const MOST_JITTER_MS = 30_000;
const MOST_SPREAD_MS = 60_000;
/** Okapi takes a delay of two milliards of days; neither dates nor PostgreSQL reach as far. */
const LATEST_MS = Date.UTC(9999, 11, 31);

/** When a timer is due that was just enabled, changed or completed.
 * @param name of the timer, with its tenant: always the same part of the jitter, so that tenants do not fire together
 * @returns milliseconds since 1970; null: never */
export function dueAfter(cadence: Cadence, name: string, atMs: number): number | null {
  const jitterMs = jitterOf(cadence, name);
  switch (cadence.kind) {
    case "never":
      return null;
    case "interval":
      return Math.min(Math.ceil(atMs) + cadence.delayMs + jitterMs, LATEST_MS);
    case "cron": {
      const run = nextRun(cadence.cron, zoneOffset(cadence.zone), atMs - jitterMs);
      return run === null ? null : run + jitterMs;
    }
  }
}

/** When a timer is due that should have fired while nobody was there to do it. An interval: once, somewhere in the next
 * minute. A crontab line: of the runs that were missed, the last, unless it is older than the time between it and the run
 * before; then it waits for its next regular run. */
export function dueWhenOverdue(cadence: Cadence, name: string, nowMs: number): number | null {
  switch (cadence.kind) {
    case "never":
      return null;
    case "interval":
      return soon(name, nowMs, cadence.delayMs);
    case "cron": {
      const offsetOf = zoneOffset(cadence.zone);
      const missed = latestRun(cadence.cron, offsetOf, nowMs - jitterOf(cadence, name));
      const before = missed === null ? null : latestRun(cadence.cron, offsetOf, missed - 1);
      if (missed === null || before === null || nowMs - missed >= missed - before) {
        return dueAfter(cadence, name, nowMs);
      }
      return soon(name, nowMs, missed - before);
    }
  }
}

function soon(name: string, nowMs: number, periodMs: number): number {
  return Math.ceil(nowMs + fractionOf(`overdue ${name}`) * Math.min(periodMs, MOST_SPREAD_MS));
}

/** A tenth of a short delay at most; a crontab line has at least a minute between two runs. */
function jitterOf(cadence: Cadence, name: string): number {
  const most = cadence.kind === "interval" ? Math.min(cadence.delayMs / 10, MOST_JITTER_MS) : MOST_JITTER_MS;
  return Math.floor(fractionOf(name) * most);
}
