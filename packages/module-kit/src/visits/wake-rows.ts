import { type Transaction, sql } from "@octavo/database";

/** A tenant to be visited because something is, or may be, due there. */
export interface DueVisit {
  readonly tenantId: string;
  readonly errand: string;
  readonly stamp: string;
}

export interface Wake {
  readonly tenantId: string;
  readonly errand: string;
  readonly inSeconds: number;
}

/** Notes that tenants have work. Those that are not enabled get none: what waits in them is found when they are enabled again. */
export async function writeWakes(tx: Transaction, wakes: readonly Wake[]): Promise<void> {
  await tx.run(
    sql`insert into octavo_wake as known (tenant_id, errand, due_at)
        select tenant_id, errand, clock_timestamp() + make_interval(secs => in_seconds)
        from unnest(${wakes.map(({ tenantId }) => tenantId)}::text[], ${wakes.map(({ errand }) => errand)}::text[],
          ${wakes.map(({ inSeconds }) => inSeconds)}::float8[]) as woken (tenant_id, errand, in_seconds)
        join octavo_tenant using (tenant_id) where octavo_tenant.state = 'enabled'
        order by tenant_id, errand
        on conflict (tenant_id, errand) do update
          set due_at = least(known.due_at, excluded.due_at), stamp = known.stamp + 1`,
  );
}

/** Makes sure that each enabled tenant is visited once within `withinSeconds`, also those that were enabled before the module had anything
 * to do there. */
export async function writeMissingWakes(
  tx: Transaction,
  errand: string,
  withinSeconds: number,
): Promise<void> {
  await tx.run(
    sql`insert into octavo_wake (tenant_id, errand, due_at)
        select tenant_id, ${errand}, now() + make_interval(secs => random() * ${withinSeconds}::float8)
        from octavo_tenant where state = 'enabled' order by tenant_id on conflict (tenant_id, errand) do nothing`,
  );
}

/** Takes what is due of enabled tenants, the longest waiting first. It is due again after `leaseSeconds`, should whoever took it end
 * before it is settled. */
export async function takeDueVisits(
  tx: Transaction,
  errands: readonly string[],
  limit: number,
  leaseSeconds: number,
): Promise<readonly DueVisit[]> {
  const rows = await tx.rows<{ tenant_id: string; errand: string; stamp: string }>(
    sql`with due as (
          select tenant_id, errand from octavo_wake wake join octavo_tenant tenant using (tenant_id)
          where tenant.state = 'enabled' and wake.due_at <= now() and wake.errand = any(${errands}::text[])
          order by wake.due_at limit ${limit} for update of wake skip locked)
        update octavo_wake wake set due_at = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
        from due where wake.tenant_id = due.tenant_id and wake.errand = due.errand
        returning wake.tenant_id, wake.errand, wake.stamp`,
  );
  return rows.map(({ tenant_id, errand, stamp }) => ({ tenantId: tenant_id, errand, stamp }));
}

/** Notes when a visited tenant is due again, unless it was woken meanwhile: then it is due as that says, or at once.
 * @param inSeconds null: nothing waits there */
export async function settleVisit(
  tx: Transaction,
  { tenantId, errand, stamp }: DueVisit,
  inSeconds: number | null,
): Promise<void> {
  const row = sql`tenant_id = ${tenantId} and errand = ${errand}`;
  if (inSeconds === null) await tx.run(sql`delete from octavo_wake where ${row} and stamp = ${stamp}`);
  await tx.run(
    sql`update octavo_wake set due_at = case when stamp = ${stamp}
          then clock_timestamp() + make_interval(secs => ${inSeconds ?? 0}::float8) else now() end
        where ${row}`,
  );
}
