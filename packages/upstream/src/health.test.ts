import { describe, expect, it } from "vitest";
import {
  afterCheck,
  afterFailure,
  afterSuccess,
  type Health,
  isHealthy,
  newHealth,
  weightOf,
} from "./health.ts";
import { defaultUpstreamLimits } from "./limits.ts";

const { ejection, slowStartMs } = defaultUpstreamLimits;
const checks = { downAfter: 3, upAfter: 2 };
const NOW = 1_000_000;

function failures(count: number, from: Health, now: number, peers = { ejected: 0, total: 4 }): Health {
  let health = from;
  for (let each = 0; each < count; each += 1) health = afterFailure(health, now, peers, ejection);
  return health;
}

describe("an instance", () => {
  it("is ejected at the fifth failure in a row, for 30 seconds", () => {
    const four = failures(4, newHealth(NOW), NOW);
    expect(isHealthy(four, NOW)).toBe(true);
    const five = failures(1, four, NOW);
    expect(isHealthy(five, NOW + 29_999)).toBe(false);
    expect(isHealthy(five, NOW + 30_000)).toBe(true);
  });

  it("is not ejected for five failures with a success among them", () => {
    const health = failures(4, afterSuccess(failures(4, newHealth(NOW), NOW)), NOW);
    expect(isHealthy(health, NOW)).toBe(true);
  });

  it("is ejected again at its first failure after that, each time for longer, at most five minutes", () => {
    let health = failures(5, newHealth(NOW), NOW);
    const lengths: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const back = health.ejectedUntil;
      health = failures(1, health, back);
      lengths.push((health.ejectedUntil - back) / 1000);
    }
    expect(lengths).toEqual([60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300]);
  });

  it("is forgiven one ejection for each 30 seconds that it has been in", () => {
    let health = failures(5, newHealth(NOW), NOW);
    health = failures(1, health, health.ejectedUntil);
    expect(health.ejections).toBe(2);
    const later = health.ejectedUntil + 60_000;
    health = failures(5, afterSuccess(health), later);
    expect(health.ejectedUntil - later).toBe(30_000);
  });

  it.each([
    [1, 0, false],
    [2, 0, true],
    [2, 1, false],
    [3, 0, true],
    [3, 1, false],
    [4, 1, true],
    [4, 2, false],
  ])("of %i with %i others ejected: ejected %s", (total, ejected, isEjected) => {
    expect(isHealthy(failures(9, newHealth(NOW), NOW, { total, ejected }), NOW)).toBe(!isEjected);
  });

  it("comes to its full weight over ten seconds, as new and after an ejection", () => {
    const fresh = newHealth(NOW);
    expect([0, 1000, 5000, 10_000, 99_000].map((ms) => weightOf(fresh, NOW + ms, slowStartMs))).toEqual([
      0.1, 0.1, 0.5, 1, 1,
    ]);
    const back = failures(5, newHealth(NOW - 99_000), NOW);
    expect(weightOf(back, back.ejectedUntil + 5000, slowStartMs)).toBe(0.5);
  });

  it("is down after three failed checks in a row, and up after two good ones, with a slow start", () => {
    let health = newHealth(NOW - 99_000);
    const look = (isUp: boolean): boolean => {
      health = afterCheck(health, isUp, NOW, checks);
      return isHealthy(health, NOW);
    };
    expect([false, false, true, false, false].map(look)).toEqual([true, true, true, true, true]);
    expect(look(false)).toBe(false);
    expect([true, false, true].map(look)).toEqual([false, false, false]);
    expect(look(true)).toBe(true);
    expect(weightOf(health, NOW, slowStartMs)).toBe(0.1);
  });

  it("stays as it is while nothing is new: no object is made for a success", () => {
    const health = newHealth(NOW);
    expect(afterSuccess(health)).toBe(health);
    expect(afterCheck(health, true, NOW, checks)).toBe(health);
  });
});
