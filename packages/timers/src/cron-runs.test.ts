import { type Cron, parseCron } from "@octavo/descriptor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latestRun, nextRun } from "./cron-runs.ts";
import { type ZoneOffset, zoneOffset } from "./zone-offset.ts";

const MINUTE_MS = 60_000;

function cronOf(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function runsAfter(text: string, zone: string | null, from: string, count: number): readonly string[] {
  const runs: string[] = [];
  let at: number | null = Date.parse(from);
  while (runs.length < count) {
    at = nextRun(cronOf(text), zoneOffset(zone), at);
    if (at === null) break;
    runs.push(new Date(at).toISOString().slice(0, 16));
  }
  return runs;
}

/** From Okapi's ScheduleTest: the wait from a moment of UTC, in minutes. */
const facts: readonly (readonly [string, string, number])[] = [
  ["*/15 * * * *", "2020-12-31T23:45:00Z", 15],
  ["*/15 * * * *", "2020-12-31T23:44:00Z", 1],
  ["*/15 * * * *", "2020-12-31T23:46:00Z", 14],
  ["3 1,22 * * *", "2020-12-31T23:44:00Z", 79],
  ["3 1,22 1 * *", "2020-12-31T23:44:00Z", 79],
  ["3 1,22 5 * *", "2020-12-31T23:44:00Z", 97 * 60 + 19],
  ["3 1,22 5 3 *", "2020-12-31T23:44:00Z", 1513 * 60 + 19],
  ["3 1,22 5 5 *", "2020-12-31T23:44:00Z", 2977 * 60 + 19],
  ["3 1,22 * * fri", "2020-12-31T23:44:00Z", 79],
  ["3 1,22 * * sat", "2020-12-31T23:44:00Z", 25 * 60 + 19],
  ["*/15 * * * mon,fri", "2020-12-31T23:44:00Z", 16],
  ["*/15 * * * mon", "2020-12-31T23:44:00Z", 72 * 60 + 16],
  ["*/15 * 1 * Mon", "2020-12-31T23:44:00Z", 16],
  ["*/15 * 5 * Mon", "2020-12-31T23:44:00Z", 72 * 60 + 16],
  ["*/15 * * * Sun", "2020-12-31T23:44:00Z", 48 * 60 + 16],
  ["*/15 * * * 0", "2020-12-31T23:44:00Z", 48 * 60 + 16],
  ["*/15 * * feb *", "2020-12-31T23:44:00Z", 744 * 60 + 16],
  ["*/15 * * FEB *", "2021-01-31T23:44:00Z", 16],
  ["*/15 * 29 * *", "2020-02-26T23:44:00Z", 48 * 60 + 16],
  ["*/15 * 29 * *", "2021-02-26T23:44:00Z", 720 * 60 + 16],
];

describe("a crontab line", () => {
  it.each(facts)("%s waits from %s for %i minutes", (text, from, minutes) => {
    const at = Date.parse(from);
    expect(nextRun(cronOf(text), zoneOffset(null), at)).toBe(at + minutes * MINUTE_MS);
  });

  it.each([
    ["0 2 * * *", "Europe/Copenhagen", "2026-01-10T12:00Z", ["2026-01-11T01:00", "2026-01-12T01:00"]],
    ["0 2 * * *", "+05:30", "2026-01-10T12:00Z", ["2026-01-10T20:30"]],
    ["0 2 * * *", "GMT-0400", "2026-01-10T12:00Z", ["2026-01-11T06:00"]],
    ["0 0 29 2 *", "UTC", "2096-03-01T00:00Z", ["2104-02-29T00:00"]],
    ["0 0 1 1 *", "Asia/Kathmandu", "2026-06-01T00:00Z", ["2026-12-31T18:15"]],
  ])("%s in %s runs after %s at %j", (text, zone, from, runs) => {
    expect(runsAfter(text, zone, from, runs.length)).toEqual(runs);
  });

  it("of a day that no month has never runs", () => {
    expect(nextRun(cronOf("0 0 30 2 *"), zoneOffset(null), 0)).toBeNull();
  });
});

describe("where the clocks jump forward (Berlin, 29 March 2026, 02:00 to 03:00)", () => {
  const from = "2026-03-28T22:00Z";
  it.each([
    ["a time that does not exist runs at the jump", "30 2 * * *", ["2026-03-29T01:00", "2026-03-30T00:30"]],
    ["several that do not exist run once", "*/20 2 * * *", ["2026-03-29T01:00", "2026-03-30T00:00"]],
    ["one that exists anyway is not doubled", "0 2,3 * * *", ["2026-03-29T01:00", "2026-03-30T00:00"]],
    ["every hour goes by elapsed time", "30 * * * *", ["22:30", "23:30", "00:30", "01:30", "02:30"]],
  ])("%s: %s", (_claim, text, runs) => {
    const found = runsAfter(text, "Europe/Berlin", from, runs.length);
    expect(found.map((run, at) => run.slice(-(runs[at]?.length ?? 0)))).toEqual(runs);
  });
});

describe("where the clocks go back (New York, 1 November 2026, 02:00 to 01:00)", () => {
  const from = "2026-11-01T04:10Z"; // 00:10
  it.each([
    ["a time that comes twice runs the first time", "30 1 * * *", ["2026-11-01T05:30", "2026-11-02T06:30"]],
    ["a later time runs once", "30 2 * * *", ["2026-11-01T07:30", "2026-11-02T07:30"]],
    ["every hour runs in both", "30 * * * *", ["04:30", "05:30", "06:30", "07:30"]],
    ["every half hour too", "*/30 * * * *", ["04:30", "05:00", "05:30", "06:00", "06:30", "07:00"]],
  ])("%s: %s", (_claim, text, runs) => {
    const found = runsAfter(text, "America/New_York", from, runs.length);
    expect(found.map((run, at) => run.slice(-(runs[at]?.length ?? 0)))).toEqual(runs);
  });

  it("midnight that comes twice runs once (Havana)", () => {
    expect(runsAfter("0 0 * * *", "America/Havana", "2026-10-31T12:00Z", 2)).toEqual([
      "2026-11-01T04:00",
      "2026-11-02T05:00",
    ]);
  });
});

const anyField = (least: number, greatest: number) =>
  fc.oneof(
    fc.constant("*"),
    fc.integer({ min: least, max: greatest }).map(String),
    fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
  );
const anyCron = fc
  .tuple(anyField(0, 59), anyField(0, 23), anyField(1, 31), fc.constant("*"), anyField(0, 7))
  .map((fields) => fields.join(" "));
const anyZone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Havana",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Africa/Casablanca",
);
const anyMinute = fc
  .integer({ min: Date.UTC(2025, 0, 1) / MINUTE_MS, max: Date.UTC(2027, 11, 31) / MINUTE_MS })
  .map((minute) => minute * MINUTE_MS);
/** Around the changes of the clocks in these zones. */
const anyChange = fc
  .tuple(
    fc.constantFrom("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"),
    fc.integer({ min: -1500, max: 1500 }),
  )
  .map(([day, minutes]) => Date.parse(day) + minutes * MINUTE_MS);

/** Minute by minute, as the rules say it. */
function searchOneByOne(cron: Cron, offsetOf: ZoneOffset, afterMs: number, minutes: number): number | null {
  const start = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS;
  for (let at = start + MINUTE_MS; at <= start + minutes * MINUTE_MS; at += MINUTE_MS) {
    if (runsAt(cron, offsetOf, at)) return at;
  }
  return null;
}

function runsAt(cron: Cron, offsetOf: ZoneOffset, at: number): boolean {
  const everyHour = cron.hours.length === 24;
  const offset = offsetOf(at);
  const earlier = offsetOf(at - 3 * 3_600_000);
  const isSecond = offset < earlier && offsetOf(at + offset - earlier) === earlier;
  if (matches(cron, at + offset) && (everyHour || !isSecond)) return true;
  const before = offsetOf(at - MINUTE_MS);
  if (everyHour || offset <= before) return false;
  for (let lost = at + before; lost < at + offset; lost += MINUTE_MS) if (matches(cron, lost)) return true;
  return false;
}

function matches({ minutes, hours, days, months, weekdays }: Cron, local: number): boolean {
  const date = new Date(local);
  const inDays = days === null ? weekdays === null : days.has(date.getUTCDate());
  const inWeek = weekdays?.has(date.getUTCDay()) ?? false;
  return (
    minutes.includes(date.getUTCMinutes()) &&
    hours.includes(date.getUTCHours()) &&
    months.has(date.getUTCMonth() + 1) &&
    (inDays || inWeek)
  );
}

describe("runs", () => {
  it("are what a search minute by minute finds, in every zone and around changes of the clocks", () => {
    fc.assert(
      fc.property(anyCron, anyZone, fc.oneof(anyMinute, anyChange), (text, zone, from) => {
        const cron = cronOf(text);
        const offsetOf = zoneOffset(zone);
        const found = nextRun(cron, offsetOf, from);
        const searched = searchOneByOne(cron, offsetOf, from, 2880);
        expect(found !== null && found <= from + 2880 * MINUTE_MS ? found : null).toBe(searched);
      }),
      { numRuns: 60 },
    );
  });

  it("before an instant and after it have none between them", () => {
    fc.assert(
      fc.property(anyCron, anyZone, fc.oneof(anyMinute, anyChange), (text, zone, at) => {
        const cron = cronOf(text);
        const offsetOf = zoneOffset(zone);
        const latest = latestRun(cron, offsetOf, at);
        const next = nextRun(cron, offsetOf, at);
        expect(latest).not.toBeNull();
        if (latest === null) return;
        expect(latest).toBeLessThanOrEqual(at);
        expect(nextRun(cron, offsetOf, latest)).toBe(next);
        expect(next === null ? null : latestRun(cron, offsetOf, next)).toBe(next);
      }),
    );
  });
});
