import { existsSync, globSync } from "node:fs";
import { defineConfig } from "vitest/config";

const haproxy = "/usr/sbin/haproxy";
const [faketime] = globSync("/usr/lib/*/faketime/libfaketime.so.1");

/** `npm run soak`: suites of `npm test` with their full counts; scripts/soak.ts runs them row by row. */
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
      "conformance/module/{killed-instances,many-tenants,our-modules}.test.ts",
      "conformance/authorisation/revocation.test.ts",
      "apps/gateway/src/{timers-across-processes,jobs-survive}.test.ts",
      "packages/module-kit/src/collections/search.test.ts",
    ],
    globalSetup: ["testing/src/one-postgres.ts"],
    env: {
      OCTAVO_SOAK: "1",
      OCTAVO_SIMULATION_SEEDS: "5000",
      OCTAVO_ROLLING_REPLACEMENTS: "20",
      ...(faketime !== undefined && { OCTAVO_FAKETIME: faketime }),
      ...(existsSync(haproxy) && { OCTAVO_HAPROXY: haproxy }),
    },
  },
});
