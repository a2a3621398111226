import { defineConfig } from "vitest/config";

const shared = { testTimeout: 30_000, hookTimeout: 60_000, pool: "forks" as const };
const exclude = ["**/node_modules/**"];

/** `npm test`: everything that needs no root, under six minutes (CONTRIBUTING: the table of tiers).
 * "pure" touches no database, "real" has one PostgreSQL for the whole run. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: "pure",
          include: [
            "packages/{result,json,descriptor,resolution,routing,cql,management-api,tokens,http-wire,client}/**/*.test.ts",
            "architecture/**/*.test.ts",
            "examples/**/*.test.ts",
          ],
          exclude,
        },
      },
      {
        test: {
          ...shared,
          name: "real",
          include: [
            "{apps,drivers,testing,scripts,conformance}/**/*.test.ts",
            "packages/{registry,identity,lifecycle,timers,upstream}/**/*.test.ts",
          ],
          exclude,
          globalSetup: ["testing/src/one-postgres.ts"],
        },
      },
    ],
  },
});
