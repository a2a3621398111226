import type { Migration } from "../migrate.ts";

/** What a job's steps do, call by call: the intent before the effect, the outcome after it; and what is told of it. */
export const jobJournal: Migration = {
  version: 4,
  name: "job journal",
  sql: `
alter table octavo.job
  add column fault text check (fault in ('user', 'internal')),
  add column since timestamptz not null default clock_timestamp(),
  add column deadline timestamptz,
  add column requested_by text not null default '',
  add column request_id text,
  add column cancelled_by text,
  add column events integer not null default 0; -- how many it has: the number of the last one

-- One operation per tenant at a time.
drop index octavo.job_open;
create unique index job_open on octavo.job (tenant_id) where ended_at is null;

create table octavo.call (
  job_id text not null references octavo.job on delete cascade,
  part integer not null, -- a step's number; behind the last one what closes the job, and what undoes it
  number integer not null,
  planned json not null,
  state text not null check (state in ('pending', 'intended', 'polled', 'told', 'done', 'failed', 'indeterminate')),
  epoch bigint not null default 0, -- of the lease under which it came to its state
  attempts integer not null default 0,
  instance_id text,
  module_job text,
  message text,
  fault text check (fault in ('user', 'internal')),
  intended_at timestamptz,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (job_id, part, number)
);

create table octavo.job_event (
  job_id text not null references octavo.job on delete cascade,
  number integer not null, -- from 1, without gaps
  at timestamptz not null default clock_timestamp(),
  event json not null,
  primary key (job_id, number)
);
`,
};
