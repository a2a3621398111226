/** Variables that are ours and that not the gateway reads, but its command, its launcher or the tests. */
export const otherVariables: ReadonlySet<string> = new Set([
  "OCTAVO_DEMO_TENANT",
  "OCTAVO_FOLIO_DATA",
  "OCTAVO_LAUNCHED",
  "OCTAVO_TEST_DATABASE_URL",
]);
