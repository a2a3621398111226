import { type Health, isHealthy, weightOf } from "./health.ts";
import { type Latency, latencyAt } from "./latency.ts";
import type { UpstreamLimits } from "./limits.ts";

/** choose-instance.ts runs for every request: no closure, no array, no allocation. */
export interface Candidate {
  readonly health: Health;
  readonly latency: Latency;
  readonly inFlight: number;
  /** Infinity where it owes no answer. */
  readonly silentSince: number;
}

/** The better of two taken at random: by expected latency, times the requests that are before ours, over the weight of a
 * slow start. Two suffice: the best of all would be everybody's choice at once.
 * @param avoid not chosen, whatever its state: it has just failed
 * @param random from 0 to below 1
 * @returns null when none may be used or all are full */
export function chooseInstance<T extends Candidate>(
  candidates: readonly T[],
  avoid: T | null,
  now: number,
  limits: UpstreamLimits,
  random: () => number,
): T | null {
  const takesAll = isPanic(candidates, now, limits.panicBelowShare);
  let usable = 0;
  for (const each of candidates) if (isUsable(each, avoid, takesAll, now, limits)) usable += 1;
  if (usable === 0) return null;
  const firstIndex = Math.floor(random() * usable);
  const first = usableAt(candidates, firstIndex, avoid, takesAll, now, limits);
  if (usable === 1 || first === null) return first;
  const step = 1 + Math.floor(random() * (usable - 1));
  const second = usableAt(candidates, (firstIndex + step) % usable, avoid, takesAll, now, limits);
  if (second === null) return first;
  return costOf(second, now, limits) < costOf(first, now, limits) ? second : first;
}

/** Whether so few are healthy that all are used. */
export function isPanic(candidates: readonly Candidate[], now: number, belowShare: number): boolean {
  let healthy = 0;
  for (const { health } of candidates) if (isHealthy(health, now)) healthy += 1;
  return healthy < candidates.length * belowShare;
}

function isUsable(
  candidate: Candidate,
  avoid: Candidate | null,
  takesAll: boolean,
  now: number,
  limits: UpstreamLimits,
): boolean {
  if (candidate === avoid || candidate.inFlight >= limits.inFlightPerInstance) return false;
  return takesAll || isHealthy(candidate.health, now);
}

function usableAt<T extends Candidate>(
  candidates: readonly T[],
  index: number,
  avoid: T | null,
  takesAll: boolean,
  now: number,
  limits: UpstreamLimits,
): T | null {
  let left = index;
  for (const each of candidates) {
    if (!isUsable(each, avoid, takesAll, now, limits)) continue;
    if (left === 0) return each;
    left -= 1;
  }
  return null;
}

/** An instance that has been silent for so long takes at least so long: one that stands still is left alone before anybody
 * has given up on it. */
export function costOf(candidate: Candidate, now: number, limits: UpstreamLimits): number {
  const known = latencyAt(candidate.latency, now, limits.latencyDecayMs);
  const latency = Math.max(known, now - candidate.silentSince);
  return (latency * (candidate.inFlight + 1)) / weightOf(candidate.health, now, limits.slowStartMs);
}
