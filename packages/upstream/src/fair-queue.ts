/** Who is served, and who is turned away, when a module has more requests than slots. */
export interface Waiting {
  readonly tenantId: string;
}

/** The next to be served: of the tenants that wait, the one with the fewest requests in flight; within it the first. So
 * nobody above a quarter of the slots gets another one while somebody below waits (reliability 4.4), and two tenants share
 * by halves.
 * @param inFlight requests of a tenant that the module has now
 * @returns its index, or -1 where nobody waits */
export function nextToServe(waiting: readonly Waiting[], inFlight: (tenantId: string) => number): number {
  let best = -1;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [index, { tenantId }] of waiting.entries()) {
    const count = inFlight(tenantId);
    if (count < fewest) {
      best = index;
      fewest = count;
    }
  }
  return best;
}

/** Whom a newcomer displaces from a full queue: the last one of the tenant that has most, where that is more than the
 * newcomer's tenant would have.
 * @returns its index, or -1: then the newcomer is turned away itself */
export function nextToShed(
  waiting: readonly Waiting[],
  newcomer: Waiting,
  inFlight: (tenantId: string) => number,
): number {
  const load = new Map<string, number>();
  for (const { tenantId } of waiting) load.set(tenantId, (load.get(tenantId) ?? inFlight(tenantId)) + 1);
  let most = (load.get(newcomer.tenantId) ?? inFlight(newcomer.tenantId)) + 1;
  let found = -1;
  for (const [index, { tenantId }] of waiting.entries()) {
    const count = load.get(tenantId) ?? 0;
    if (count < most || (count === most && found === -1)) continue;
    most = count;
    found = index;
  }
  return found;
}
