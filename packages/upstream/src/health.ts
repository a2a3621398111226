import type { UpstreamLimits } from "./limits.ts";

/** What is known of an instance's health, from requests and from active checks.
 * States: in -> ejected (too many failures in a row; ends by itself at `ejectedUntil`, or with an answer to a request that had
 * no other place to go) -> in, with a slow start.
 * Apart from that: up <-> down, as active checks say. */
export interface Health {
  /** Gateway-class failures since the last success. An ejection does not reset them: the first failure after it ejects
   * again, for longer. */
  readonly failuresInRow: number;
  readonly ejections: number;
  readonly ejectedUntil: number;
  /** When its slow start begins or began. */
  readonly inSince: number;
  readonly isDown: boolean;
  /** Checks in a row that said the opposite of `isDown`'s state. */
  readonly checksAgainst: number;
}

export function newHealth(now: number): Health {
  return { failuresInRow: 0, ejections: 0, ejectedUntil: 0, inSince: now, isDown: false, checksAgainst: 0 };
}

export function isEjected(health: Health, now: number): boolean {
  return now < health.ejectedUntil;
}

export function isHealthy(health: Health, now: number): boolean {
  return !health.isDown && !isEjected(health, now);
}

/** From a tenth to 1. */
export function weightOf(health: Health, now: number, slowStartMs: number): number {
  return Math.min(1, Math.max(0.1, (now - health.inSince) / slowStartMs));
}

export function afterSuccess(health: Health): Health {
  return health.failuresInRow === 0 ? health : { ...health, failuresInRow: 0 };
}

/** It answered a request that was sent to it although it was ejected, because no other was left: it serves again, slowly at
 * first. */
export function readmitted(health: Health, now: number): Health {
  return { ...health, failuresInRow: 0, ejectedUntil: now, inSince: now };
}

/** @param ejected how many of the module's instances are ejected now, this one not among them
 * @param total how many it has */
export function afterFailure(
  health: Health,
  now: number,
  { ejected, total }: { readonly ejected: number; readonly total: number },
  { afterFailures, baseMs, maxMs, maxShare }: UpstreamLimits["ejection"],
): Health {
  const failuresInRow = health.failuresInRow + 1;
  const mayEject = ejected + 1 <= total * maxShare;
  if (failuresInRow < afterFailures || !mayEject || isEjected(health, now))
    return { ...health, failuresInRow };
  // Each base time that it has been in since takes one former ejection off.
  const forgiven = Math.floor(Math.max(0, now - health.inSince) / baseMs);
  const ejections = Math.max(0, health.ejections - forgiven) + 1;
  const ejectedUntil = now + Math.min(maxMs, baseMs * ejections);
  return { ...health, failuresInRow, ejections, ejectedUntil, inSince: ejectedUntil };
}

export function afterCheck(
  health: Health,
  isUp: boolean,
  now: number,
  { downAfter, upAfter }: { readonly downAfter: number; readonly upAfter: number },
): Health {
  const isAgainst = isUp === health.isDown;
  if (!isAgainst) return health.checksAgainst === 0 ? health : { ...health, checksAgainst: 0 };
  const checksAgainst = health.checksAgainst + 1;
  if (checksAgainst < (health.isDown ? upAfter : downAfter)) return { ...health, checksAgainst };
  if (!health.isDown) return { ...health, isDown: true, checksAgainst: 0 };
  return {
    ...health,
    isDown: false,
    checksAgainst: 0,
    failuresInRow: 0,
    inSince: Math.max(now, health.inSince),
  };
}
