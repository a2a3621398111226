import { expand, type Step } from "@octavo/migrations";

/** Of a waiting job `due_at` is when it may begin, of a running one when its worker has been silent for too long: one index finds both. */
export const jobSteps: readonly Step[] = [
  expand(
    "octavo_job",
    `create table octavo_job (
      id uuid primary key default gen_random_uuid(),
      type text not null,
      key text,
      payload jsonb not null,
      state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'dead', 'cancelled')),
      due_at timestamptz not null,
      attempt int not null default 0,
      most_attempts int not null,
      fence int not null default 0,
      progress jsonb,
      is_cancelled boolean not null default false,
      error text,
      created_at timestamptz not null default now(),
      ended_at timestamptz)`,
    "create unique index octavo_job_key on octavo_job (type, key) where key is not null",
    "create index octavo_job_due on octavo_job (due_at) where state in ('waiting', 'running')",
    "create index octavo_job_ended on octavo_job (ended_at) where ended_at is not null",
  ),
];
