import type { Databases } from "@octavo/database";
import { Gauge, type Registry } from "prom-client";

/** The budget of connections of this process, shared by its modules, read when somebody looks. */
export function databaseMetrics(registry: Registry, databases: Databases): void {
  const registers = [registry];
  const connections = new Gauge({
    name: "octavo_database_connections",
    help: "Connections of the process's budget. state: used or idle",
    labelNames: ["state"],
    registers,
    collect: (): void => {
      const { used, idle } = databases.gauges;
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
    help: "Since the start. event: connect, evict (to make room for another database) or refuse (the queue was full or too slow)",
    labelNames: ["event"],
    registers,
    collect: (): void => {
      const { connects, evicted, refused } = databases.gauges;
      events.set({ event: "connect" }, connects);
      events.set({ event: "evict" }, evicted);
      events.set({ event: "refuse" }, refused);
    },
  });
}
