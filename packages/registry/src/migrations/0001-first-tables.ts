import type { Migration } from "../migrate.ts";

/** Truth is rows; `revision` on a row is the write that last touched it. Descriptors are text, never jsonb: key order is
 * part of what was accepted. */
export const firstTables: Migration = {
  version: 1,
  name: "first tables",
  sql: `
create table octavo.meta (name text primary key, value text not null);
insert into octavo.meta (name, value) values ('active_protocol', '1');

create table octavo.revision (
  is_only_row boolean primary key default true check (is_only_row),
  counter bigint not null,
  history uuid not null,
  hash text not null
);
insert into octavo.revision (counter, history, hash) values (0, gen_random_uuid(), repeat('0', 64));

create table octavo.change (
  revision bigint primary key,
  write_id uuid not null unique,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text not null,
  request_id text,
  idempotency_key text,
  ops jsonb not null,
  must_understand boolean not null,
  previous_hash text not null,
  hash text not null
);

create table octavo.module (
  id text primary key,
  product text not null,
  descriptor text not null,
  digest text not null,
  revision bigint not null
);

create table octavo.tenant (id text primary key, name text, description text, revision bigint not null);
create table octavo.tenant_module (
  tenant_id text not null references octavo.tenant on delete cascade,
  module text not null, -- a module id; of the internal module its product alone
  revision bigint not null,
  primary key (tenant_id, module)
);
insert into octavo.tenant (id, name, description, revision)
  values ('supertenant', 'supertenant', 'Okapi built-in super tenant', 0);
insert into octavo.tenant_module (tenant_id, module, revision) values ('supertenant', 'okapi', 0);

create table octavo.module_instance (
  module_id text not null,
  instance_id text not null,
  url text,
  node_id text,
  descriptor text,
  revision bigint not null,
  primary key (module_id, instance_id)
);

create table octavo.env (name text primary key, value text, description text, revision bigint not null);

create table octavo.operator (
  id text primary key,
  name text not null,
  roles text[] not null,
  token_hash text not null,
  created_at text not null, -- ISO, as it was given
  revision bigint not null
);

create table octavo.idempotency (
  key text primary key,
  actor text not null,
  fingerprint text not null,
  answer text not null,
  revision bigint not null,
  at timestamptz not null default clock_timestamp()
);
create index idempotency_by_age on octavo.idempotency (at);

create table octavo.audit (
  write_id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text not null,
  request_id text,
  revision bigint, -- null where nothing changed
  outcome text not null check (outcome in ('changed', 'unchanged'))
);
create index audit_by_time on octavo.audit (at, write_id);

create table octavo.instance (
  id uuid primary key,
  url text not null,
  name text,
  version text not null,
  protocol_min integer not null,
  protocol_max integer not null,
  history uuid,
  applied_revision bigint not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp()
);

create table octavo.lease (
  name text primary key,
  holder uuid not null,
  epoch bigint not null,
  expires_at timestamptz not null
);

create table octavo.job (
  id text primary key,
  tenant_id text,
  kind text not null,
  plan json not null,
  state text not null check
    (state in ('pending', 'running', 'done', 'undone', 'failed', 'indeterminate', 'waiting-for-human')),
  epoch bigint not null default 0,
  owner uuid,
  message text,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create index job_by_tenant on octavo.job (tenant_id, started_at);
create index job_open on octavo.job (started_at) where ended_at is null;

create table octavo.step (
  job_id text not null references octavo.job on delete cascade,
  number integer not null, -- its place in the job's plan
  state text not null check
    (state in ('pending', 'intended', 'done', 'undone', 'failed', 'indeterminate', 'waiting-for-human')),
  intended_at timestamptz,
  outcome_at timestamptz,
  message text,
  primary key (job_id, number)
);
`,
};
