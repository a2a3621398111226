import type { Databases } from "@octavo/database";
import { Gauge, type Registry } from "prom-client";

/** The budget of connections of this process, shared by its modules, read when somebody looks. */
export function databaseMetrics(registry: Registry, databases: Databases): void {
  poolMetrics(registry, databases);
  reservationMetrics(registry, databases);
}

function poolMetrics(registry: Registry, databases: Databases): void {
  const registers = [registry];
  const connections = new Gauge({
    name: "octavo_database_connections",
    help: "Connections of the process. state: budget (the most it may have), used or idle",
    labelNames: ["state"],
    registers,
    collect: (): void => {
      const { used, idle } = databases.gauges;
      connections.set({ state: "budget" }, databases.budget);
      connections.set({ state: "used" }, used);
      connections.set({ state: "idle" }, idle);
    },
  });
  const queued = new Gauge({
    name: "octavo_database_queued_transactions",
    help: "Transactions that wait for a connection",
    registers,
    collect: (): void => queued.set(databases.gauges.queued),
  });
  const events = new Gauge({
    name: "octavo_database_pool_events",
    help: "Since the start. event: connect, evict (to make room for another database), retire (too old, too many tenants, or cut off) or refuse (the queue was full or too slow)",
    labelNames: ["event"],
    registers,
    collect: (): void => {
      const { connects, evicted, retired, refused } = databases.gauges;
      events.set({ event: "connect" }, connects);
      events.set({ event: "evict" }, evicted);
      events.set({ event: "retire" }, retired);
      events.set({ event: "refuse" }, refused);
    },
  });
}

function reservationMetrics(registry: Registry, databases: Databases): void {
  const reserved = new Gauge({
    name: "octavo_database_reserved_connections",
    help: "Of the connections that a cluster's server gives. by: process (this one; 0: not known to be reserved), all (processes of modules together) or server (how many it gives)",
    labelNames: ["cluster", "by"],
    registers: [registry],
    collect: (): void => {
      for (const { cluster, reserved: own, reservedByAll, usable } of databases.reservations) {
        reserved.set({ cluster, by: "process" }, own);
        reserved.set({ cluster, by: "all" }, reservedByAll);
        reserved.set({ cluster, by: "server" }, usable);
      }
    },
  });
}
