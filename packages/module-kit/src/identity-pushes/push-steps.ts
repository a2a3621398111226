import { expand, type Step } from "@octavo/migrations";

/** Changes that gateways are to know of, until they do. The token says such changes and nothing else (push-tokens.ts), lives for hours at most,
 * and goes with the row; null where no gateway gave one. */
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
