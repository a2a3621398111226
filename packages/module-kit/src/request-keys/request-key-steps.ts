import { expand, type Step } from "@octavo/migrations";

/** `json`, not `jsonb`: the answer is given again as it was, in its order. */
export const requestKeySteps: readonly Step[] = [
  expand(
    "octavo_request_key",
    `create table octavo_request_key (
      key text primary key,
      fingerprint text not null,
      answer json not null,
      expires_at timestamptz not null)`,
    "create index octavo_request_key_expiry on octavo_request_key (expires_at)",
  ),
];
