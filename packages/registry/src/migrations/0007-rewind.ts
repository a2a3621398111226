import type { Migration } from "../migrate.ts";

/** What a database failover has lost, as those who had applied it remember it. One row for each line of history that was
 * cut off, whoever reports it; it is an alarm until somebody acknowledges it. */
export const rewind: Migration = {
  version: 7,
  name: "rewind",
  sql: `
create table octavo.rewind (
  id uuid primary key default gen_random_uuid(),
  lost_history uuid not null unique,
  kept_revision bigint not null, -- the newest of that line that is still there
  lost_revision bigint not null, -- the newest that anybody had applied
  is_complete boolean not null, -- false: more was lost than anybody remembers
  noticed_at timestamptz not null default clock_timestamp(),
  noticed_by text not null, -- url of the instance
  server_before text, -- system id/timeline
  server_after text,
  acknowledged_at timestamptz,
  acknowledged_by text
);
create index rewind_open on octavo.rewind (noticed_at) where acknowledged_at is null;

create table octavo.lost_change (
  rewind_id uuid not null references octavo.rewind on delete cascade,
  write_id uuid not null,
  revision bigint not null, -- its number before it was lost; another change may have it now
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  ops jsonb not null,
  modules json not null, -- descriptors that it added, by id, each as its text
  outcome text not null default 'lost' check (outcome in ('lost', 'proposed', 'refused')),
  because text, -- why it was refused
  proposed_revision bigint, -- under which it is there again
  primary key (rewind_id, write_id)
);
`,
};
