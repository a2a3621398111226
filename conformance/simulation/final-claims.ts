import { ONLY } from "@octavo/testing/simulation/registry-statements";
import type { JobRow } from "@octavo/testing/simulation/rows";
import type { Clients, SimulatedWrite } from "./clients.ts";
import { ONCE } from "./stage.ts";
import type { World } from "./world.ts";

/** Longer ago than a standby may lack. */
const MOST_LOST_MS = 1600;
/** An answer is under way at most so long, on a slow link (seed 109). */
const MOST_UNDER_WAY_MS = 410;

/** Whether everything has come to rest: all gateways serve what the database holds, and no job is under way. */
export function isAtRest(world: World): boolean {
  const rows = world.server.look();
  const newest = rows.get("revision", ONLY);
  const areAllThere = world.gateways.every(({ registry }) => {
    const snapshot = registry?.snapshot;
    return snapshot !== undefined && snapshot.hash === newest?.hash && snapshot.history === newest.history;
  });
  return areAllThere && openJobs(world).length === 0;
}

/** What must hold of the whole run when it has come to rest. */
export function judge(world: World, clients: Clients): void {
  if (!isAtRest(world)) world.broke("everything comes to rest", whatIsNot(world));
  judgeLog(world, clients.writes);
  judgeEnv(world);
  judgeJobs(world, clients);
  judgeLosses(world);
}

function judgeLog(world: World, writes: readonly SimulatedWrite[]): void {
  const changes = world.wholeLog;
  for (const [at, change] of changes.entries()) {
    const isNext = change.revision === at + 1;
    if (!isNext || (at > 0 && change.previousHash !== changes[at - 1]?.hash))
      world.broke("the chain is whole", `at ${change.revision}`);
  }
  const counts = new Map<string, number>();
  for (const { idempotencyKey } of changes)
    if (idempotencyKey !== null) counts.set(idempotencyKey, (counts.get(idempotencyKey) ?? 0) + 1);
  for (const { key, outcome, endedAtMs } of writes) {
    const count = counts.get(key) ?? 0;
    if (count > 1) world.broke("no write takes place twice", key);
    if (outcome === "not-written" && count > 0) world.broke("a refused write does not take place", key);
    if (outcome === "ok" && count === 0 && !mayBeLost(world, endedAtMs))
      world.broke("an acknowledged write is there", key);
  }
}

function judgeEnv(world: World): void {
  const stored = new Map(
    world.server
      .look()
      .all("env")
      .map(([name, { value }]) => [name, value]),
  );
  for (const { name, registry } of world.gateways) {
    for (const [key, value] of stored) {
      const served = registry?.snapshot.env.get(key)?.value;
      if (served !== value) world.broke("a gateway serves what is stored", `${name}: ${key} is ${served}`);
    }
  }
}

function judgeJobs(world: World, { jobs }: Clients): void {
  const rows = world.server.look();
  for (const { id, outcome, acceptedAtMs } of jobs) {
    const row = rows.get("job", id);
    if (outcome === "accepted" && row === undefined && !mayBeLost(world, acceptedAtMs))
      world.broke("no job is lost", id);
    if (outcome === "refused" && row !== undefined) world.broke("a refused job is not there", id);
  }
  const counts = new Map<string, number>();
  for (const { key, moduleId } of world.calls.received)
    if (moduleId === ONCE) counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [key, count] of counts) {
    // What a standby lacks may be the intent of a call.
    if (count > 1 && world.losses.length === 0)
      world.broke("a module is called once", `${key}: ${count} times`);
  }
}

/** Who is alive and had applied what was lost says so. */
function judgeLosses(world: World): void {
  const told = new Set(
    world.server
      .look()
      .all("lostChange")
      .map(([, { writeId }]) => writeId),
  );
  for (const writeId of world.lostAndRemembered) {
    if (!told.has(writeId)) world.broke("what was lost is told", writeId);
  }
}

function mayBeLost({ losses }: World, acknowledgedAtMs: number | null): boolean {
  return (
    acknowledgedAtMs !== null &&
    losses.some(
      (atMs) => acknowledgedAtMs <= atMs + MOST_UNDER_WAY_MS && acknowledgedAtMs > atMs - MOST_LOST_MS,
    )
  );
}

function openJobs(world: World): readonly JobRow[] {
  return world.server
    .look()
    .all("job")
    .map(([, job]) => job)
    .filter(({ state }) => state === "pending" || state === "running");
}

function whatIsNot(world: World): string {
  const newest = world.server.look().get("revision", ONLY);
  const gateways = world.gateways.map(({ name, state, registry }) => {
    const snapshot = registry?.snapshot;
    return `${name} ${state} at ${snapshot?.history}/${snapshot?.revision}, ${JSON.stringify(registry?.contact)}`;
  });
  const jobs = openJobs(world).map(({ id, state }) => `job ${id} ${state}`);
  return [`the database at ${newest?.history}/${newest?.counter}`, ...gateways, ...jobs].join("; ");
}
