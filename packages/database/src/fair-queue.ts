/** What waits for a connection. */
export interface Waiting {
  readonly id: number;
  readonly tenant: string;
  /** Database that it needs. */
  readonly target: string;
  readonly isBackground: boolean;
  /** When it came, and when it is refused, in milliseconds of the caller's clock. */
  readonly since: number;
  readonly deadline: number;
}

interface Tenant {
  readonly foreground: Waiting[];
  readonly background: Waiting[];
  /** Time of connections that it may still use before the others had their turn; below zero it waits for them. */
  credit: number;
  /** What one of its transactions takes, as the last ones did. */
  usualCost: number;
}

const QUANTUM_MS = 10;
const FIRST_COST_MS = 5;
/** A transaction of minutes must not shut its tenant out for minutes. */
const DEEPEST_DEBT_MS = -500;

/** Deficit round robin by tenant: in each round every tenant that waits gets the same time of connections, however many requests it has.
 * What a transaction costs is known at its end only: it is charged as the tenant's last ones were, and put right then. While nothing waits
 * nobody has credit or debt. */
export class FairQueue {
  readonly #tenants = new Map<string, Tenant>();
  /** Tenants with something waiting, the next one first. */
  #ring: string[] = [];
  #length = 0;
  #notBefore = Infinity;

  get length(): number {
    return this.#length;
  }

  add(waiting: Waiting): void {
    const tenant = this.#tenant(waiting.tenant);
    if (isEmpty(tenant)) this.#ring.push(waiting.tenant);
    queueOf(tenant, waiting).push(waiting);
    this.#notBefore = Math.min(this.#length === 0 ? Infinity : this.#notBefore, waiting.deadline);
    this.#length += 1;
  }

  remove(waiting: Waiting): boolean {
    const tenant = this.#tenants.get(waiting.tenant);
    const queue = tenant === undefined ? [] : queueOf(tenant, waiting);
    const at = queue.indexOf(waiting);
    if (tenant === undefined || at === -1) return false;
    queue.splice(at, 1);
    this.#length -= 1;
    if (isEmpty(tenant)) this.#leaveRing(waiting.tenant);
    return true;
  }

  /** The newest of whoever has most waiting, where that is more than `tenantId` has: it makes room for one of `tenantId`. */
  mostCrowding(tenantId: string): Waiting | null {
    let longest = countOf(this.#tenants.get(tenantId)) + 1;
    let newest: Waiting | null = null;
    for (const id of this.#ring) {
      const tenant = this.#tenants.get(id);
      if (tenant === undefined || countOf(tenant) <= longest) continue;
      longest = countOf(tenant);
      newest = tenant.background.at(-1) ?? tenant.foreground.at(-1) ?? null;
    }
    return newest;
  }

  /** Takes the next one for which `choose` finds a connection, in the order of rounds; of one tenant what somebody waits for goes first. */
  take<Choice>(
    choose: (waiting: Waiting) => Choice | null,
  ): { readonly waiting: Waiting; readonly choice: Choice } | null {
    let best: Choosable<Choice> | null = null;
    for (const id of this.#ring) {
      const able = firstChoosable(this.#tenant(id), choose);
      if (able === null || (best !== null && able.tenant.credit <= best.tenant.credit)) continue;
      best = able;
      if (best.tenant.credit > 0) break;
    }
    if (best === null) return null;
    this.#nextRounds(best.tenant.credit);
    best.tenant.credit -= best.tenant.usualCost;
    this.remove(best.waiting);
    this.#toTheEnd(best.waiting.tenant);
    return best;
  }

  /** Puts right what a transaction was charged; the next ones of its tenant are charged accordingly. */
  settle(tenantId: string, costMs: number): void {
    const tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) return;
    tenant.credit = Math.max(DEEPEST_DEBT_MS, tenant.credit + tenant.usualCost - costMs);
    tenant.usualCost += (costMs - tenant.usualCost) / 4;
  }

  /** Those whose deadline has come. */
  expired(now: number): readonly Waiting[] {
    const all = this.#ring.flatMap((id) => [...this.#tenant(id).foreground, ...this.#tenant(id).background]);
    this.#notBefore = Math.min(
      ...all.map(({ deadline }) => deadline).filter((deadline) => deadline > now),
      Infinity,
    );
    return all.filter(({ deadline }) => deadline <= now);
  }

  /** No deadline comes before it; the one that it was of may have been served meanwhile. */
  get notBefore(): number {
    return this.#length === 0 ? Infinity : this.#notBefore;
  }

  /** Rounds go by until one with this credit has some. */
  #nextRounds(credit: number): void {
    if (credit > 0) return;
    const rounds = Math.floor(-credit / QUANTUM_MS) + 1;
    for (const id of this.#ring) {
      const tenant = this.#tenant(id);
      tenant.credit = Math.min(QUANTUM_MS, tenant.credit + rounds * QUANTUM_MS);
    }
  }

  #toTheEnd(tenantId: string): void {
    const at = this.#ring.indexOf(tenantId);
    if (at !== -1) this.#ring.push(...this.#ring.splice(at, 1));
  }

  #leaveRing(tenantId: string): void {
    this.#ring = this.#ring.filter((id) => id !== tenantId);
    if (this.#ring.length === 0) this.#tenants.clear();
  }

  #tenant(tenantId: string): Tenant {
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      tenant = { foreground: [], background: [], credit: QUANTUM_MS, usualCost: FIRST_COST_MS };
      this.#tenants.set(tenantId, tenant);
    }
    return tenant;
  }
}

interface Choosable<Choice> {
  readonly tenant: Tenant;
  readonly waiting: Waiting;
  readonly choice: Choice;
}

function firstChoosable<Choice>(
  tenant: Tenant,
  choose: (waiting: Waiting) => Choice | null,
): Choosable<Choice> | null {
  for (const waiting of [tenant.foreground[0], tenant.background[0]]) {
    const choice = waiting === undefined ? null : choose(waiting);
    if (waiting !== undefined && choice !== null) return { tenant, waiting, choice };
  }
  return null;
}

function queueOf(tenant: Tenant, { isBackground }: Waiting): Waiting[] {
  return isBackground ? tenant.background : tenant.foreground;
}

function countOf(tenant: Tenant | undefined): number {
  return tenant === undefined ? 0 : tenant.foreground.length + tenant.background.length;
}

function isEmpty(tenant: Tenant): boolean {
  return countOf(tenant) === 0;
}
