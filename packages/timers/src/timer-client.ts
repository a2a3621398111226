import type { Decision } from "@octavo/registry";

/** A connection inside a transaction of the registry. */
export type TimerClient = Parameters<NonNullable<Decision["alsoWrite"]>>[0];

export interface TimerKey {
  readonly tenantId: string;
  readonly timerId: string;
}

/** One text for a tenant's timer; neither id holds a space. */
export function nameOf({ tenantId, timerId }: TimerKey): string {
  return `${tenantId} ${timerId}`;
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The two columns of a list of keys, for `unnest`. */
export function columnsOf(keys: readonly TimerKey[]): readonly [readonly string[], readonly string[]] {
  return [keys.map(({ tenantId }) => tenantId), keys.map(({ timerId }) => timerId)];
}
