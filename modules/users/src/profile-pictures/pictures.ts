import { expand, type Step } from "@octavo/module-kit";

/** Pictures lie sealed in the tenant's database: they are small, and go with its backup. */
export const pictureSteps: readonly Step[] = [
  expand(
    "table profile_picture",
    "create table profile_picture (id uuid primary key, sealed bytea not null, stored_at timestamptz not null)",
  ),
];
