import { expand, type Step } from "@octavo/migrations";

/** Of each key's first event `due_at` says when it may be sent, or until when a relay has it; those behind it wait for it. */
export const outboxSteps: readonly Step[] = [
  expand(
    "octavo_outbox",
    `create table octavo_outbox (
      position bigint primary key generated always as identity,
      id uuid not null,
      type text not null,
      key text not null,
      payload jsonb not null,
      published_at timestamptz not null default now(),
      due_at timestamptz not null default '-infinity',
      attempt int not null default 0,
      error text)`,
    "create index octavo_outbox_key on octavo_outbox (key, position)",
  ),
  expand("octavo_outbox headers", "alter table octavo_outbox add column headers jsonb"),
];

/** Events of which consumers have had their effect. */
export const consumedSteps: readonly Step[] = [
  expand(
    "octavo_consumed",
    `create table octavo_consumed (
      consumer text,
      event_id uuid,
      at timestamptz not null default now(),
      primary key (consumer, event_id))`,
    "create index octavo_consumed_at on octavo_consumed (at)",
  ),
];

/** The feed: events that were relayed, numbered by the relay in the order of its commits. */
export const feedSteps: readonly Step[] = [
  expand(
    "octavo_event",
    `create table octavo_event (
      position bigint primary key,
      id uuid not null unique,
      type text not null,
      key text not null,
      payload jsonb not null,
      published_at timestamptz not null,
      relayed_at timestamptz not null default now())`,
    "create index octavo_event_relayed on octavo_event (relayed_at)",
    "create table octavo_event_position (is_only boolean primary key default true check (is_only), position bigint not null)",
  ),
];
