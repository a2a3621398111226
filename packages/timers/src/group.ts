import { fractionOf } from "./spread.ts";

/** Timers are shared out by tenant: one lease for each group, so that a slow tenant delays a sixteenth. */
export const GROUPS: readonly number[] = Array.from({ length: 16 }, (_, group) => group);

export function groupOf(tenantId: string): number {
  return Math.floor(fractionOf(tenantId) * GROUPS.length);
}

/** Who of the live instances should fire a group: the same answer everywhere, and when one comes or goes, only its own
 * groups move. */
export function ownerOf(group: number, instanceIds: readonly string[]): string | null {
  let owner: string | null = null;
  let most = -1;
  for (const id of instanceIds) {
    const weight = fractionOf(`${group} ${id}`);
    if (weight <= most) continue;
    most = weight;
    owner = id;
  }
  return owner;
}
