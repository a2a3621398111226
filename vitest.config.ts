import { defineConfig } from "vitest/config";

/** `npm test`: everything that needs no root, under six minutes (docs: CONTRIBUTING, the table of tiers). */
export default defineConfig({
  test: {
    include: ["{apps,packages,drivers,architecture,testing,scripts,conformance}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.long.test.ts"],
    globalSetup: ["testing/src/one-postgres.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
