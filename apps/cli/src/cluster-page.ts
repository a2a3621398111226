import type { Cluster } from "@octavo/client";
import { columns, table } from "./columns.ts";
import type { Paint } from "./terminal.ts";

/** All gateways for people: each, what they share, and last what wants a person. */
export function clusterPage(cluster: Cluster, paint: Paint): string {
  const { database, protocol, timers } = cluster;
  const { changeLog } = cluster;
  const jobs = cluster.openJobs.map(({ state, count }) => `${count} ${state}`);
  const facts = [
    ["Revision", String(cluster.revision)],
    ...(changeLog === undefined ? [] : [["Change log", logOf(changeLog)]]),
    ["Protocol", `${protocol.active} is active, ${protocol.newest} is the newest here`],
    ["Database", `${database.name}, PostgreSQL ${database.version}, ${megabytes(database.bytes)}`],
    ["Connections", `${database.connectionsUsed} of ${database.connectionsMost} of the server`],
    ["Notifications", `queue ${Math.round(database.notificationQueueUsage * 100)} % full`],
    ["Open jobs", jobs.length === 0 ? "none" : jobs.join(", ")],
    ["Timers", `${timers.scheduled} scheduled, ${timers.late} late`],
  ];
  const leases = cluster.leases.map(({ name, holder, epoch, expiresInSeconds }) => [
    name,
    cluster.instances.find(({ id }) => id === holder)?.url ?? holder,
    String(epoch),
    expiresInSeconds < 0 ? "expired" : `${Math.round(expiresInSeconds)} s`,
  ]);
  return [
    table(instanceHeader, cluster.instances.map(instanceRow), paint.bold, "No gateway has a live heartbeat."),
    columns(facts),
    table(["LEASE", "HOLDER", "EPOCH", "EXPIRES"], leases, paint.bold, "No leases."),
    cluster.warnings.length === 0
      ? "Nothing wants a person."
      : cluster.warnings.map((warning) => paint.warn(warning)).join("\n"),
  ].join("\n\n");
}

const instanceHeader = ["GATEWAY", "VERSION", "STATE", "LAG", "HEARTBEAT", "WORKERS", "STARTED"];

function instanceRow(instance: Cluster["instances"][number]): readonly string[] {
  const { url, name, version, lag, heartbeatAgeSeconds, workers, startedAt } = instance;
  return [
    name === undefined ? url : `${url} (${name})`,
    version,
    stateOf(instance),
    String(lag),
    `${heartbeatAgeSeconds} s`,
    workers === undefined ? "1" : `${workers.ready}/${workers.wanted}`,
    startedAt,
  ];
}

function stateOf({ ready, draining }: Cluster["instances"][number]): string {
  if (draining === true) return "draining";
  if (ready === undefined) return "starting";
  return ready ? "ready" : "not ready";
}

function logOf({ rows, cutUntil, since }: NonNullable<Cluster["changeLog"]>): string {
  const from = since === undefined ? "" : ` since ${since}`;
  const cut = cutUntil === 0 ? "all are there" : `cut off until ${cutUntil}`;
  return `${rows} changes${from}, ${cut}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
