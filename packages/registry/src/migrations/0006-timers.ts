import type { Migration } from "../migrate.ts";

/** Timers of modules: when each is due, what was changed of it, and its fires. A fire's key is inserted before the module is
 * called. The tables take many updates a second, whose columns no index has: there is room left for them on each page. */
export const timers: Migration = {
  version: 6,
  name: "timers",
  sql: `
create table octavo.timer (
  tenant_id text not null,
  timer_id text not null, -- product_number
  group_number smallint not null,
  cadence text not null, -- what next_due was computed from
  next_due timestamptz, -- null: never, or paused
  last_ended_at timestamptz,
  last_outcome text check (last_outcome in ('succeeded', 'failed', 'unknown')),
  primary key (tenant_id, timer_id)
) with (fillfactor = 70);
create index timer_by_group on octavo.timer (group_number);

create table octavo.timer_runner ( -- who fires timers: groups are shared out among these
  instance_id uuid primary key,
  seen_at timestamptz not null
);

create table octavo.timer_setting (
  tenant_id text not null,
  timer_id text not null,
  patch text, -- JSON: unit, delay, schedule; null: as the module declares it
  is_paused boolean not null default false,
  run_requested_at timestamptz,
  revision bigint not null, -- at which its timer was seen
  primary key (tenant_id, timer_id)
);

create table octavo.timer_fire (
  tenant_id text not null,
  timer_id text not null,
  due timestamptz not null,
  module_id text not null,
  instance_id uuid not null,
  epoch bigint not null,
  claimed_at timestamptz not null,
  ended_at timestamptz, -- null while it runs
  outcome text check (outcome in ('succeeded', 'failed', 'unknown')),
  status integer,
  message text,
  primary key (tenant_id, timer_id, due)
) with (fillfactor = 70);
`,
};
