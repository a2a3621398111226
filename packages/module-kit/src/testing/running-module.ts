import type { Databases, ModuleDatabase } from "@octavo/database";
import { Registry } from "prom-client";
import type { Log } from "../definition/log.ts";
import type { RunningModule } from "../definition/part.ts";

export const MODULE = "octavo-tested";

export function runningModule(
  databases: Databases,
  database: ModuleDatabase,
  log: Log = silent,
): RunningModule {
  return {
    definition: {
      name: MODULE,
      version: "1.0.0",
      id: `${MODULE}-1.0.0`,
      title: "Tested",
      interfaces: [],
      requires: {},
      optional: {},
      permissionSets: [],
      foreignPermissions: [],
      timers: [],
      steps: [],
      replaces: [],
      isolation: "schema",
      pushesIdentity: false,
      env: [],
    },
    database,
    provisioner: databases.provisioner,
    placeOf: async (tenantId) => databases.place(tenantId, MODULE),
    homePlace: databases.home(MODULE),
    objects: null,
    gatewayUrl: null,
    kafka: null,
    retention: { contractDays: 30, trashDays: 30 },
    log,
    facts: () => [],
    metrics: new Registry(),
    draining: new AbortController().signal,
  };
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
