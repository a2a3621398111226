import { type ReadTransaction, type Transaction, sql } from "@octavo/database";

/** An instance of the module, as others know of it. */
export interface Instance {
  readonly instanceId: string;
  readonly moduleId: string;
  /** Ids of the contracts that its own steps have. */
  readonly contracts: readonly string[];
}

/** One that was killed, or cannot reach its database, counts for so long after its last sign. A contract has waited for days: an hour more costs nothing. */
const COUNTS_FOR = sql`interval '1 hour'`;

/** Its sign of life. */
export async function noteInstance(
  tx: Transaction,
  { instanceId, moduleId, contracts }: Instance,
): Promise<void> {
  await tx.run(
    sql`insert into octavo_instance (instance_id, module_id, contracts) values (${instanceId}, ${moduleId}, ${contracts})
        on conflict (instance_id) do update set seen_at = now()`,
  );
  await tx.run(sql`delete from octavo_instance where seen_at < now() - ${COUNTS_FOR}`);
}

export async function removeInstance(tx: Transaction, instanceId: string): Promise<void> {
  await tx.run(sql`delete from octavo_instance where instance_id = ${instanceId}`);
}

/** Of these contracts those that no instance stands in the way of: each has them among its own steps. */
export async function contractsKnownToAll(
  tx: ReadTransaction,
  contracts: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(
    sql`select id from unnest(${contracts}::text[]) id where not exists (
          select from octavo_instance other
          where seen_at >= now() - ${COUNTS_FOR} and not (id = any (other.contracts)))`,
  );
  return new Set(rows.map(({ id }) => id));
}
