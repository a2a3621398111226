import { defaultIdentityPolicy } from "@octavo/identity";
import type { ClusterFacts, LiveInstance, Registry } from "@octavo/registry";

export interface ClusterSeen {
  readonly registry: Pick<Registry, "snapshot" | "signs" | "newestProtocol" | "contact">;
  readonly instances: readonly LiveInstance[];
  readonly facts: ClusterFacts;
  /** Milliseconds of the one clock. */
  readonly now: number;
}

/** Of the queue of notifications; it fills when a listener has stopped reading, and when it is full nothing commits. */
const MUCH_OF_QUEUE = 0.25;
const MUCH_OF_CONNECTIONS = 0.85;
/** A key is replaced after 90 days by itself: one that is much older is a rotation that does not work. */
const KEY_GRACE_MS = 7 * 86_400_000;

/** What an operator should look at, a sentence each: what it is, then what to do. */
export function clusterWarnings(seen: ClusterSeen): readonly string[] {
  return [
    ...ofVersions(seen),
    ...seen.instances.flatMap((each) => ofInstance(each, seen)),
    ...ofState(seen),
    ...ofDatabase(seen.facts),
    ...ofKeys(seen),
  ];
}

function ofVersions({ instances, registry }: ClusterSeen): readonly string[] {
  const versions = [...new Set(instances.map(({ version }) => version))].toSorted();
  const { activeProtocol } = registry.signs;
  const known = Math.min(...instances.map(({ protocol }) => protocol.max));
  const isMixed = versions.length > 1;
  return [
    ...(isMixed ? [`The gateways run different versions (${versions.join(", ")}): finish the upgrade.`] : []),
    ...(Number.isFinite(known) && known > activeProtocol
      ? [`Every gateway knows protocol ${known}, and ${activeProtocol} is active: octavo cluster finalize.`]
      : []),
  ];
}

function ofInstance(instance: LiveInstance, { registry }: ClusterSeen): readonly string[] {
  const { url, vitals } = instance;
  const behind = lagOf(instance, registry.snapshot.revision);
  return [
    ...(behind > 0
      ? [`${url} is ${behind} revisions behind: look again; if it stays, look at its log.`]
      : []),
    ...(vitals?.isReady === false && !vitals.isDraining ? [`${url} is not ready: ${vitals.because}.`] : []),
    ...(vitals?.isListening === false
      ? [`${url} hears no notifications and looks once a second: connect it directly, not through a pooler.`]
      : []),
  ];
}

export function lagOf({ appliedRevision }: LiveInstance, revision: number): number {
  return Math.max(0, revision - appliedRevision);
}

function ofState({ registry, facts }: ClusterSeen): readonly string[] {
  const { openRewinds } = registry.signs;
  const waiting = facts.openJobs["waiting-for-human"] ?? 0;
  const expired = facts.leases.filter(
    ({ name, expiresInSeconds }) => name.startsWith("timers-") && expiresInSeconds < -60,
  );
  return [
    ...(openRewinds > 0
      ? [
          `The database has lost acknowledged changes, ${openRewinds} times unacknowledged: octavo cluster rewinds.`,
        ]
      : []),
    ...(waiting > 0 ? [`${waiting} jobs wait for a human: octavo job list --state waiting-for-human.`] : []),
    ...(facts.timersLate > 0
      ? [`${facts.timersLate} timers are due for more than a minute: is any gateway alive that fires them?`]
      : []),
    ...(expired.length > 0 && facts.timersLate > 0
      ? [`Nobody has taken the leases ${expired.map(({ name }) => name).join(", ")}.`]
      : []),
  ];
}

function ofDatabase({ database }: ClusterFacts): readonly string[] {
  const { notificationQueueUsage, connectionsUsed, connectionsMost, isStandby } = database;
  const percent = Math.round(notificationQueueUsage * 100);
  return [
    ...(isStandby
      ? ["The database is a standby and takes no writes: name the primary in DATABASE_URL."]
      : []),
    ...(notificationQueueUsage > MUCH_OF_QUEUE
      ? [
          `The queue of notifications is ${percent} % full: end the session that listens inside a transaction.`,
        ]
      : []),
    ...(connectionsUsed > connectionsMost * MUCH_OF_CONNECTIONS
      ? [
          `${connectionsUsed} of ${connectionsMost} connections of the server are in use: raise max_connections.`,
        ]
      : []),
  ];
}

function ofKeys({ registry, now }: ClusterSeen): readonly string[] {
  const { rotateAfterMs } = defaultIdentityPolicy.rotation;
  const old = [...registry.snapshot.signingKeys.values()].filter(
    ({ signingAt, supersededAt }) =>
      signingAt !== null && supersededAt === null && now - signingAt > rotateAfterMs + KEY_GRACE_MS,
  );
  return old.map(
    ({ kid, signingAt }) =>
      `The signing key ${kid} signs for ${Math.floor((now - (signingAt ?? now)) / 86_400_000)} days: octavo keys rotate.`,
  );
}
