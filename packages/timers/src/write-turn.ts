import { heldLeases } from "@octavo/registry";
import type { DueTimer } from "./due-timers.ts";
import { claimFires, endFires, type FireEnd } from "./fires.ts";
import type { HeldGroup } from "./group-leases.ts";
import { nameOf, type TimerClient } from "./timer-client.ts";
import { forgetRequests } from "./timer-settings.ts";

export interface GroupFireEnd extends FireEnd {
  readonly group: number;
}

export interface Turn {
  readonly held: readonly HeldGroup[];
  readonly ends: readonly GroupFireEnd[];
  readonly begun: readonly DueTimer[];
  readonly instanceId: string;
  readonly nowMs: number;
}

/** Outcomes, then keys of what is due, of the groups that are held until this transaction ends; what is of another's group now
 * is left out.
 * @returns the keys that are new, as `keyOf` writes them: only these may be called */
export async function writeTurn(
  client: TimerClient,
  { held, ends, begun, instanceId, nowMs }: Turn,
): Promise<ReadonlySet<string>> {
  const concerned = new Set([...ends.map(({ group }) => group), ...begun.map(({ armed }) => armed.group)]);
  const groups = held.filter(({ number }) => concerned.has(number));
  const names = await heldLeases(
    client,
    groups.map(({ lease }) => lease),
  );
  const epochs = new Map(
    groups.filter(({ lease }) => names.has(lease.name)).map(({ number, lease }) => [number, lease.epoch]),
  );
  await endFires(
    client,
    ends.filter(({ group }) => epochs.has(group)),
  );
  const claims = begun.flatMap(({ armed, due }) => {
    const epoch = epochs.get(armed.group);
    const { tenantId, timerId, timer } = armed;
    return epoch === undefined ? [] : [{ tenantId, timerId, due, moduleId: timer.module.id, epoch }];
  });
  const claimed = await claimFires(client, claims, instanceId, nowMs);
  await forgetRequests(
    client,
    begun.flatMap(({ armed: { tenantId, timerId, runRequestedAt } }) =>
      runRequestedAt === null ? [] : [{ tenantId, timerId, runRequestedAt }],
    ),
  );
  return new Set(claimed.map((claim) => keyOf(nameOf(claim), claim.due)));
}

export function keyOf(name: string, due: number): string {
  return `${name} ${due}`;
}
