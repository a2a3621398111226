import { expand, type Step } from "@octavo/migrations";

/** Changes that gateways are to know of, until they do. The token is the one that the change was asked for with, because only a token of this
 * module may say such a thing: it lives for hours at most, may do what the module may, and goes with the row. */
export const pushSteps: readonly Step[] = [
  expand(
    "octavo_identity_push",
    `create table octavo_identity_push (
      position bigint primary key generated always as identity,
      change jsonb not null,
      gateway_url text,
      token text,
      due_at timestamptz not null,
      attempt int not null default 0,
      error text)`,
  ),
];
