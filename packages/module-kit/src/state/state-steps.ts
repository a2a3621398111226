import { expand, type Step } from "@octavo/migrations";

export const leaseSteps: readonly Step[] = [
  expand(
    "octavo_lease",
    `create table octavo_lease (
      name text primary key,
      holder text not null,
      fence bigint not null generated always as identity,
      expires_at timestamptz not null)`,
  ),
];

export const stateSteps: readonly Step[] = [
  expand(
    "octavo_state",
    `create table octavo_state (
      namespace text,
      key text,
      value jsonb not null,
      etag uuid not null default gen_random_uuid(),
      owner text,
      expires_at timestamptz not null,
      primary key (namespace, key))`,
    "create index octavo_state_expiry on octavo_state (expires_at)",
  ),
];
