import type { Migration } from "../migrate.ts";

/** How each instance says that it fares, for whoever asks any of them. */
export const instanceVitals: Migration = {
  version: 8,
  name: "instance vitals",
  sql: "alter table octavo.instance add column vitals json",
};
