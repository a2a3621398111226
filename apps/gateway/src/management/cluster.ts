import { randomUUID } from "node:crypto";
import type { JsonValue } from "@octavo/json";
import {
  type ClusterFacts,
  finalizeProtocol,
  type LiveInstance,
  readClusterFacts,
  writeAudit,
} from "@octavo/registry";
import { err, ok } from "@octavo/result";
import { clusterWarnings, lagOf } from "./cluster-warnings.ts";
import type { Handler } from "./platform.ts";
import { refusedWrite } from "./refusals.ts";
import { json, presentFields } from "./reply.ts";
import { intentOf } from "./write.ts";

/** All gateways, what they share, and what wants a person. */
export const clusterStatus: Handler = async (_call, { registry, clock, instance }) => {
  const facts = await registry.read(readClusterFacts);
  if (!facts.ok) return err(refusedWrite(facts.error));
  const { revision, history } = registry.snapshot;
  // This one need not say anything to know how far it is.
  const instances = facts.value.instances.map((each) =>
    each.id === instance.id ? { ...each, appliedRevision: revision } : each,
  );
  const { activeProtocol, server } = registry.signs;
  const seen = { registry, instances, facts: facts.value, now: clock.now() };
  return ok(
    json(
      200,
      presentFields([
        ["revision", revision],
        ["history", history],
        [
          "protocol",
          presentFields([
            ["active", activeProtocol],
            ["newest", registry.newestProtocol],
          ]),
        ],
        ["instances", instances.map((each) => instanceShown(each, revision))],
        ["leases", facts.value.leases.map(leaseShown)],
        ["openJobs", Object.entries(facts.value.openJobs).map(jobsShown)],
        [
          "timers",
          presentFields([
            ["scheduled", facts.value.timers],
            ["late", facts.value.timersLate],
          ]),
        ],
        ["changeLog", changeLogShown(facts.value)],
        ["database", databaseShown(facts.value, server)],
        ["warnings", clusterWarnings(seen)],
      ]),
    ),
  );
};

function instanceShown(instance: LiveInstance, revision: number): JsonValue {
  const { vitals, protocol } = instance;
  const workers = vitals?.workers ?? null;
  return presentFields([
    ["id", instance.id],
    ["name", instance.name],
    ["url", instance.url],
    ["version", instance.version],
    [
      "protocol",
      presentFields([
        ["min", protocol.min],
        ["max", protocol.max],
      ]),
    ],
    ["startedAt", instance.startedAt],
    ["heartbeatAgeSeconds", rounded(instance.heartbeatAgeSeconds)],
    ["appliedRevision", instance.appliedRevision],
    ["lag", lagOf(instance, revision)],
    ["ready", vitals?.isReady ?? null],
    ["because", vitals?.because ?? null],
    ["draining", vitals?.isDraining ?? null],
    ["listening", vitals?.isListening ?? null],
    [
      "workers",
      workers === null
        ? null
        : presentFields([
            ["wanted", workers.wanted],
            ["ready", workers.ready],
          ]),
    ],
  ]);
}

function jobsShown([state, count]: readonly [string, number]): JsonValue {
  return presentFields([
    ["state", state],
    ["count", count],
  ]);
}

function leaseShown({ name, holder, epoch, expiresInSeconds }: ClusterFacts["leases"][number]): JsonValue {
  return presentFields([
    ["name", name],
    ["holder", holder],
    ["epoch", epoch],
    ["expiresInSeconds", rounded(expiresInSeconds)],
  ]);
}

function changeLogShown({ changeLog: { rows, cutUntil, since } }: ClusterFacts): JsonValue {
  return presentFields([
    ["rows", rows],
    ["cutUntil", cutUntil],
    ["since", since],
  ]);
}

function databaseShown({ database }: ClusterFacts, server: string | null): JsonValue {
  return presentFields([
    ["version", database.version],
    ["name", database.name],
    ["bytes", database.bytes],
    ["connectionsUsed", database.connectionsUsed],
    ["connectionsMost", database.connectionsMost],
    ["standby", database.isStandby],
    ["notificationQueueUsage", database.notificationQueueUsage],
    ["server", server],
  ]);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** Raises the active protocol to what this instance knows, where every live one knows it. */
export const finalizeCluster: Handler = async (call, { registry }) => {
  const finalized = await registry.transaction(async (client) => {
    const raised = await finalizeProtocol(client, registry.newestProtocol);
    if (raised.ok) {
      const outcome = raised.value.active === raised.value.before ? "unchanged" : "changed";
      const target = `protocol ${raised.value.active}`;
      await writeAudit(client, randomUUID(), intentOf(call, target), null, outcome);
    }
    return raised;
  });
  if (!finalized.ok) return err(refusedWrite(finalized.error));
  const raised = finalized.value;
  if (!raised.ok) {
    const behind = raised.error.map(({ url, version }) => `${url} (${version})`).join(", ");
    const message = `Not every gateway knows protocol ${registry.newestProtocol}: upgrade or stop ${behind}`;
    return err({ kind: "conflict", message });
  }
  const { before, active } = raised.value;
  return ok(
    json(
      200,
      presentFields([
        ["before", before],
        ["active", active],
      ]),
    ),
  );
};
