import { type ReadTransaction, type Transaction, sql } from "@octavo/database";
import { writeWakes } from "../visits/wake-rows.ts";

/** Before anything is made for it, so that whatever there is of it can be purged. */
export async function noteTenant(tx: Transaction, tenantId: string, moduleId: string): Promise<void> {
  await tx.run(
    sql`insert into octavo_tenant (tenant_id, state, module_id) values (${tenantId}, 'preparing', ${moduleId})
        on conflict (tenant_id) do update set state = 'preparing', changed_at = now()
        where octavo_tenant.state = 'purged'`,
  );
}

/** Whether the module has, or may have, anything of the tenant. */
export async function isTenantKnown(tx: ReadTransaction, tenantId: string): Promise<boolean> {
  const row = await tx.row(
    sql`select tenant_id from octavo_tenant where tenant_id = ${tenantId} and state <> 'purged'`,
  );
  return row !== null;
}

/** @param errands what is to look for work in the tenant: something may have been waiting since it was disabled */
export async function enableTenant(
  tx: Transaction,
  tenantId: string,
  moduleId: string,
  errands: readonly string[],
): Promise<void> {
  await tx.run(
    sql`insert into octavo_tenant (tenant_id, state, module_id) values (${tenantId}, 'enabled', ${moduleId})
        on conflict (tenant_id) do update
          set state = excluded.state, module_id = excluded.module_id, changed_at = now()`,
  );
  await writeWakes(
    tx,
    errands.map((errand) => ({ tenantId, errand, inSeconds: 0 })),
  );
}

/** From now on no worker goes there. */
export async function closeTenant(
  tx: Transaction,
  tenantId: string,
  state: "disabled" | "purged",
): Promise<void> {
  await tx.run(
    sql`update octavo_tenant set state = ${state}, changed_at = now() where tenant_id = ${tenantId}`,
  );
  await tx.run(sql`delete from octavo_wake where tenant_id = ${tenantId}`);
}
