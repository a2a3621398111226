import { defineConfig } from "vitest/config";

const shared = { testTimeout: 30_000, hookTimeout: 60_000, pool: "forks" as const };
const exclude = ["**/node_modules/**", "apps/cli/template/**"];
/** Whole files that take long: with OCTAVO_HA, as `.ci/run` has it, they run too. */
const longer =
  process.env["OCTAVO_HA"] === undefined
    ? [
        "conformance/authorisation/our-people.test.ts",
        "conformance/cql/index-use.test.ts",
        "conformance/faults/{one-of-two,abusive-tenant,slow-clients,half-open,disk-full,behind-a-pooler}.test.ts",
        "conformance/lifecycle/{bounds,real-permissions}.test.ts",
        "conformance/rolling/workers.test.ts",
        "scripts/first-day.test.ts",
        "modules/users-bl/src/gateway.test.ts",
        "apps/gateway/src/timers-across-processes.test.ts",
        "apps/gateway/src/jobs-survive.test.ts",
        "apps/cli/src/up.test.ts",
        "apps/cli/src/up-through-npm.test.ts",
        "drivers/embedded-postgres/src/start-embedded-postgres.test.ts",
        "packages/migrations/src/migrate.test.ts",
        "packages/module-kit/src/tenant/{tenant-gateway,tenant-api}.test.ts",
        "conformance/lifecycle/releases.test.ts",
        "packages/module-kit/src/tenant/tenant-crash.test.ts",
        "packages/module-kit/src/tenant/retention.test.ts",
        "packages/module-kit/src/jobs/job-crash.test.ts",
        "packages/module-kit/src/outbox/kafka/kafka-broker.test.ts",
        "packages/migrations/src/kill.test.ts",
        "packages/module-testing/src/module-testing.test.ts",
        "conformance/module/isolation.test.ts",
        "conformance/module/killed-instances.test.ts",
        "conformance/module/many-tenants.test.ts",
        "conformance/module/{our-modules,refusals-of-people}.test.ts",
        "modules/inventory-storage/src/effective/effective-everywhere.test.ts",
        "modules/inventory-storage/src/{records/batches,records/kafka,reference/in-use}.test.ts",
        "modules/inventory-storage/src/shipped/{shipped,next-version}.test.ts",
        "modules/inventory/src/{batch/batch,holdings/holdings,move/move,items/{items,mark-routes,items-by-holdings},instances/instances,gateway}.test.ts",
      ]
    : [];

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
            "{apps,modules,drivers,testing,scripts,conformance}/**/*.test.ts",
            "packages/{registry,identity,lifecycle,timers,upstream}/**/*.test.ts",
            "packages/{database,migrations,object-store,module-kit,module-testing}/**/*.test.ts",
          ],
          exclude: [...exclude, ...longer],
          globalSetup: ["testing/src/one-postgres.ts"],
        },
      },
    ],
  },
});
