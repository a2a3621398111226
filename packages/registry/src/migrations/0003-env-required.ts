import type { Migration } from "../migrate.ts";

/** A variable without which a module cannot run (Okapi 7.2); null where nobody said. */
export const envRequired: Migration = {
  version: 3,
  name: "env required",
  sql: "alter table octavo.env add column required boolean",
};
