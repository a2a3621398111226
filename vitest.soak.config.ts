import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

const haproxy = "/usr/sbin/haproxy";

/** `npm run soak`: suites of `npm test` with their full counts. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 1,
    include: [
      "conformance/rolling/**/*.test.ts",
      "conformance/faults/**/*.test.ts",
      "conformance/ha/**/*.test.ts",
      "conformance/simulation/**/*.test.ts",
      "conformance/module/{killed-instances,many-tenants}.test.ts",
      "conformance/authorisation/revocation.test.ts",
      "apps/gateway/src/{timers-across-processes,jobs-survive}.test.ts",
      "packages/module-kit/src/collections/search.test.ts",
    ],
    globalSetup: ["testing/src/one-postgres.ts"],
    env: {
      OCTAVO_SOAK: "1",
      OCTAVO_SIMULATION_SEEDS: "20000",
      OCTAVO_ROLLING_REPLACEMENTS: "20",
      ...(existsSync(haproxy) && { OCTAVO_HAPROXY: haproxy }),
    },
  },
});
