import { expand, type Step } from "@octavo/migrations";

/** Tenants of the module, and schemas of those that were purged, in home. */
export const tenantSteps: readonly Step[] = [
  expand(
    "octavo_tenant",
    `create table octavo_tenant (
      tenant_id text primary key,
      state text not null check (state in ('preparing', 'enabled', 'disabled', 'purged')),
      module_id text not null,
      changed_at timestamptz not null default now())`,
  ),
  expand(
    "octavo_trash",
    `create table octavo_trash (
      name text,
      cluster text not null,
      database text,
      schema text not null,
      trashed_at timestamptz not null default now(),
      primary key (database, name))`,
  ),
];
