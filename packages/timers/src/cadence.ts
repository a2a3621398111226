import { type Cron, parseCron, type RoutingEntry, type TimerUnit } from "@octavo/descriptor";

/** When a timer fires: at an interval after each completion, by a crontab line, or not at all. */
export type Cadence =
  | { readonly kind: "interval"; readonly delayMs: number; readonly key: string }
  | { readonly kind: "cron"; readonly cron: Cron; readonly zone: string | null; readonly key: string }
  | { readonly kind: "never"; readonly key: string };

const MS_OF = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
} as const satisfies Record<TimerUnit, number>;

const NEVER: Cadence = { kind: "never", key: "never" };
const CADENCES = new WeakMap<object, Cadence>();

/** A delay with a unit goes before a schedule, as in Okapi; a delay of 0 or below stops the timer.
 * `key` tells two cadences apart and is what an operator reads. */
export function cadenceOf(entry: Pick<RoutingEntry, "unit" | "delay" | "schedule">): Cadence {
  const known = CADENCES.get(entry);
  if (known !== undefined) return known;
  const cadence = read(entry);
  CADENCES.set(entry, cadence);
  return cadence;
}

function read({ unit, delay, schedule }: Pick<RoutingEntry, "unit" | "delay" | "schedule">): Cadence {
  if (delay !== null && unit !== null) {
    const delayMs = (wholeNumber(delay) ?? 0) * MS_OF[unit];
    return delayMs > 0 ? { kind: "interval", delayMs, key: `every ${Number(delay)} ${unit}s` } : NEVER;
  }
  if (schedule === null) return NEVER;
  const cron = parseCron(schedule.cron);
  if (!cron.ok) return NEVER; // an entry was parsed with its schedule: this one is none
  const { zone } = schedule;
  return { kind: "cron", cron: cron.value, zone, key: `cron ${schedule.cron} ${zone ?? "UTC"}` };
}

/** What Java reads as an int, which is what Okapi makes of a delay; null where it is none. */
export function wholeNumber(text: string): number | null {
  if (!/^[+-]?\d{1,10}$/.test(text)) return null;
  const number = Number(text);
  return number === (number | 0) ? number : null;
}
