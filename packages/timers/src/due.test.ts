import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cadence, cadenceOf } from "./cadence.ts";
import { dueAfter, dueWhenOverdue } from "./due.ts";

const every = (delay: string, unit: "second" | "minute" | "hour" | "day" = "second") =>
  cadenceOf({ unit, delay, schedule: null });
const cron = (text: string, zone: string | null = null) =>
  cadenceOf({ unit: null, delay: null, schedule: { cron: text, zone } });
const at = (text: string) => Date.parse(text);
const MINUTE_MS = 60_000;

const anyName = fc.string({ maxLength: 12 });
const anyTime = fc.integer({ min: 0, max: 2e12 });
const anyCadence: fc.Arbitrary<Cadence> = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000 }).map((delay) => every(String(delay))),
  fc.constantFrom("* * * * *", "*/5 1-3 * * *", "0 2 * * *", "30 4 1 * *").map((text) => cron(text)),
);

describe("when a timer fires", () => {
  it.each([
    ["a delay", { unit: "minute", delay: "5", schedule: null }, { kind: "interval", delayMs: 300_000 }],
    ["a delay with leading zeros", { unit: "day", delay: "007", schedule: null }, { delayMs: 604_800_000 }],
    ["0 stops it", { unit: "second", delay: "0", schedule: null }, { kind: "never" }],
    ["less than 0 stops it", { unit: "second", delay: "-1", schedule: null }, { kind: "never" }],
    ["what is no number stops it", { unit: "second", delay: "5x", schedule: null }, { kind: "never" }],
    [
      "what Java's int does not hold too",
      { unit: "second", delay: "2147483648", schedule: null },
      { kind: "never" },
    ],
    ["a delay without unit", { unit: null, delay: "5", schedule: null }, { kind: "never" }],
    ["a unit without delay", { unit: "hour", delay: null, schedule: null }, { kind: "never" }],
    [
      "a schedule",
      { unit: null, delay: null, schedule: { cron: "0 2 * * *", zone: "CET" } },
      { kind: "cron", key: "cron 0 2 * * * CET" },
    ],
    [
      "a delay goes before a schedule",
      { unit: "hour", delay: "1", schedule: { cron: "0 2 * * *", zone: null } },
      { kind: "interval" },
    ],
    ["0 too", { unit: "hour", delay: "0", schedule: { cron: "0 2 * * *", zone: null } }, { kind: "never" }],
  ] as const)("%s", (_claim, entry, cadence) => {
    expect(cadenceOf(entry)).toMatchObject(cadence);
  });
});

describe("a timer that has completed", () => {
  it("is due after its delay, by a tenth later at most", () => {
    fc.assert(
      fc.property(anyName, anyTime, fc.integer({ min: 1, max: 1_000_000 }), (name, now, seconds) => {
        const due = dueAfter(every(String(seconds)), name, now) ?? 0;
        expect(due - now).toBeGreaterThanOrEqual(seconds * 1000);
        expect(due - now).toBeLessThanOrEqual(seconds * 1100);
        expect(due - now - seconds * 1000).toBeLessThan(30_000);
      }),
    );
  });

  it("with the longest delay that Okapi takes is due before the end of dates", () => {
    const due = dueAfter(every("2147483647", "day"), "diku mod-a_0", at("2026-05-01T12:00Z")) ?? 0;
    expect(new Date(due).toISOString()).toBe("9999-12-31T00:00:00.000Z");
  });

  it("by a crontab line is due within half a minute after the next run, always the same", () => {
    const due = dueAfter(cron("0 2 * * *"), "diku mod-a_0", at("2026-05-01T12:00Z")) ?? 0;
    expect(due).toBeGreaterThanOrEqual(at("2026-05-02T02:00Z"));
    expect(due).toBeLessThan(at("2026-05-02T02:00:30Z"));
    expect(dueAfter(cron("0 2 * * *"), "diku mod-a_0", due)).toBe(due + 24 * 60 * MINUTE_MS);
  });

  it("of different tenants fires at different times", () => {
    const dues = Array.from({ length: 200 }, (_, n) => dueAfter(every("1", "hour"), `tenant${n} mod-a_0`, 0));
    expect(new Set(dues).size).toBeGreaterThan(190);
  });

  it("is always due later than it completed", () => {
    fc.assert(
      fc.property(anyCadence, anyName, anyTime, (cadence, name, now) => {
        expect(dueAfter(cadence, name, now)).toBeGreaterThan(now);
      }),
    );
  });
});

describe("a timer that is overdue because nobody was there", () => {
  it("fires once within a minute, or within its delay where that is less", () => {
    fc.assert(
      fc.property(anyName, anyTime, fc.integer({ min: 1, max: 1_000_000 }), (name, now, seconds) => {
        const due = dueWhenOverdue(every(String(seconds)), name, now) ?? 0;
        expect(due).toBeGreaterThanOrEqual(now);
        expect(due - now).toBeLessThanOrEqual(Math.min(seconds * 1000, MINUTE_MS));
      }),
    );
  });

  it.each([
    ["the nightly run that was missed", "0 2 * * *", "2026-05-01T20:00Z", "soon"],
    ["of several nights the last one", "0 2 * * *", "2026-05-09T01:30Z", "soon"],
    ["the hourly run", "0 * * * *", "2026-05-01T14:20Z", "soon"],
    [
      "a run of the night, every 5 minutes, waits for the night",
      "*/5 1-3 * * *",
      "2026-05-01T14:00Z",
      "2026-05-02T01:00Z",
    ],
    ["the same while the night lasts", "*/5 1-3 * * *", "2026-05-01T02:02Z", "soon"],
    ["the monthly run, three weeks late", "0 2 1 * *", "2026-05-22T02:00Z", "soon"],
  ])("%s (%s at %s): %s", (_claim, text, now, expected) => {
    const due = dueWhenOverdue(cron(text), "diku mod-a_0", at(now));
    const from = expected === "soon" ? at(now) : at(expected);
    expect(due).toBeGreaterThanOrEqual(from);
    expect(due).toBeLessThanOrEqual(from + MINUTE_MS);
  });

  it("never fires where its line has no run", () => {
    expect(dueWhenOverdue(cron("0 0 30 2 *"), "diku mod-a_0", at("2026-05-22T02:00Z"))).toBeNull();
  });
});
