import { expand, type Step } from "@octavo/migrations";

/** Tenants of the module, in home. `trash` is where the data went that were purged last. */
export const tenantSteps: readonly Step[] = [
  expand(
    "octavo_tenant",
    `create table octavo_tenant (
      tenant_id text primary key,
      state text not null check (state in ('enabled', 'disabled', 'purged')),
      module_id text not null,
      trash text,
      changed_at timestamptz not null default now())`,
  ),
];
