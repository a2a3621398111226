import type { Cron } from "@octavo/descriptor";
import type { ZoneOffset } from "./zone-offset.ts";

/** When a crontab line runs, in milliseconds since 1970. What a change of the clocks does:
 * - A line with every hour runs by elapsed time: each of its minutes that exists, and both where a minute comes twice.
 * - Any other line runs once for each of its times: one that the clocks jump over at the moment of the jump, one that comes
 *   twice the first time.
 * @see docs/decisions/0017-timers.md */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** 29 February may be eight years away (2096 to 2104); a line without a run in so many days has none. */
const FURTHEST_DAYS = 8 * 366 + 1;

/** The first run after an instant; null where there is none (30 February). */
export function nextRun(cron: Cron, offsetOf: ZoneOffset, afterMs: number): number | null {
  const today = localDay(afterMs, offsetOf);
  for (let day = -1; day <= FURTHEST_DAYS; day += 1) {
    const run = runsOfDay(cron, offsetOf, today + day * DAY_MS).find((each) => each > afterMs);
    if (run !== undefined) return run;
  }
  return null;
}

/** The last run at or before an instant. */
export function latestRun(cron: Cron, offsetOf: ZoneOffset, atMs: number): number | null {
  const today = localDay(atMs, offsetOf);
  for (let day = 1; day >= -FURTHEST_DAYS; day -= 1) {
    const run = runsOfDay(cron, offsetOf, today + day * DAY_MS).findLast((each) => each <= atMs);
    if (run !== undefined) return run;
  }
  return null;
}

function localDay(atMs: number, offsetOf: ZoneOffset): number {
  return Math.floor((atMs + offsetOf(atMs)) / DAY_MS) * DAY_MS;
}

/** @param day midnight of a calendar day, written as if it were UTC
 * @returns ascending */
function runsOfDay(cron: Cron, offsetOf: ZoneOffset, day: number): readonly number[] {
  if (!isDayOf(cron, day)) return [];
  const before = offsetOf(day - DAY_MS);
  const after = offsetOf(day + 2 * DAY_MS);
  if (before === after) return timesOf(cron, day).map((time) => time - before);
  const change = changeBetween(offsetOf, day - DAY_MS, day + 2 * DAY_MS);
  const everyHour = cron.hours.length === 24;
  const runs = new Set<number>();
  for (const time of timesOf(cron, day)) {
    const first = time - before;
    const second = time - after;
    const isJumpedOver = first >= change && second < change;
    if (first < change) runs.add(first);
    if (second >= change && (first >= change || everyHour)) runs.add(second);
    if (isJumpedOver && !everyHour) runs.add(change);
  }
  return [...runs].sort((a, b) => a - b);
}

function isDayOf({ days, months, weekdays }: Cron, day: number): boolean {
  const date = new Date(day);
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const isInMonth = days?.has(date.getUTCDate()) ?? weekdays === null;
  return isInMonth || (weekdays?.has(date.getUTCDay()) ?? false);
}

function timesOf({ hours, minutes }: Cron, day: number): readonly number[] {
  return hours.flatMap((hour) => minutes.map((minute) => day + (hour * 60 + minute) * MINUTE_MS));
}

/** The moment from which the later offset holds: there is one change between the two. */
function changeBetween(offsetOf: ZoneOffset, fromMs: number, toMs: number): number {
  const later = offsetOf(toMs);
  let [low, high] = [fromMs / MINUTE_MS, toMs / MINUTE_MS]; // clocks change on a minute
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetOf(middle * MINUTE_MS) === later) high = middle;
    else low = middle;
  }
  return high * MINUTE_MS;
}
