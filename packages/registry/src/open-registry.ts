import { indexModules } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import type { Pool } from "pg";
import type { Quarantined } from "./apply-guard.ts";
import { checkProtocol } from "./check-protocol.ts";
import { checkServer } from "./check-server.ts";
import { DatabaseClock } from "./database-clock.ts";
import { messageOf } from "./database-failure.ts";
import { FollowingRegistry } from "./following-registry.ts";
import { beat } from "./heartbeat.ts";
import { loadSnapshot } from "./load-snapshot.ts";
import { OpCodec } from "./logged-change.ts";
import { migrate, type Migration } from "./migrate.ts";
import type { ProcessTime } from "./process-time.ts";
import { thisProtocol } from "./protocol.ts";
import { allMigrations } from "./migrations/all-migrations.ts";
import type { OpenError, RegistryOptions } from "./open-options.ts";
import { watchOwnBackends } from "./own-backends.ts";
import { readClusterSigns } from "./cluster-signs.ts";
import { readLastChanges, readPosition, type StoredChange } from "./read-log.ts";
import type { Registry } from "./registry.ts";
import { REMEMBERED } from "./rewind/recent-changes.ts";
import { RewindWatch } from "./rewind/rewind-watch.ts";
import { readOnly, runTransaction } from "./run-transaction.ts";
import type { KeptState } from "./snapshot-file/read-snapshot-file.ts";
import type { Snapshot } from "./snapshot.ts";
import { realSurroundings } from "./surroundings.ts";

/** Opens the state: checks the server, migrates the schema, reads everything, begins to follow.
 * Does not wait for a database that is away: whoever starts the process decides how long that is worth. */
export async function openRegistry(options: RegistryOptions): Promise<Result<Registry, OpenError>> {
  const pool = (options.surroundings ?? realSurroundings).createPool(options);
  try {
    const opened = await open(pool, options);
    if (!opened.ok) await pool.end();
    return opened;
  } catch (error) {
    await pool.end();
    return err({ kind: "unreachable", message: `cannot read the state: ${messageOf(error)}` });
  }
}

async function open(pool: Pool, options: RegistryOptions): Promise<Result<Registry, OpenError>> {
  const isOwn = watchOwnBackends(pool);
  const admitted = await admit(pool, options);
  if (!admitted.ok) return admitted;
  const codec = new OpCodec(options.internalModule);
  const surroundings = options.surroundings ?? realSurroundings;
  const { time } = surroundings;
  const startedAt = time.now();
  const first = await loadFirst(pool, options, codec, time);
  if (!first.ok) return first;
  const { snapshot, clock, changes } = first.value;
  options.log({
    kind: "snapshot-loaded",
    because: "start",
    revision: snapshot.revision,
    modules: snapshot.modules.size,
    durationMs: time.now() - startedAt,
  });
  const protocol = options.protocol ?? thisProtocol;
  const live = await beat(pool, options.instance, snapshot, protocol, null);
  const stillSpoken = await checkProtocol(pool, protocol);
  if (!stillSpoken.ok) return stillSpoken;
  const signs = await readClusterSigns(pool);
  const rewinds = new RewindWatch(changes);
  const parts = {
    options,
    pool,
    surroundings,
    codec,
    snapshot,
    clock,
    live,
    isOwn,
    protocol,
    signs,
    rewinds,
  };
  const registry = new FollowingRegistry({ ...parts, ...met });
  await registry.join();
  return ok(registry);
}

/** Nothing is to be found out about the database any more. */
const met = { admit: null, lastAt: null, quarantined: null };

/** Opens the state without its database: from what was kept of it. Whatever needs the database is unavailable until it is
 * met; then this instance follows it as any other does, and without a new start.
 * @param quarantined what the database holds and this program dies of; null: nothing is known
 * @param nowMs of this machine's clock: until the database says what time it is, there is no better one */
export function openRegistryFromFile(
  options: RegistryOptions,
  kept: KeptState,
  nowMs: number,
  quarantined: Quarantined | null = null,
): Registry {
  const { snapshot, confirmedAtMs, readMs } = kept;
  const surroundings = options.surroundings ?? realSurroundings;
  const pool = surroundings.createPool(options);
  const protocol = options.protocol ?? thisProtocol;
  options.log({
    kind: "snapshot-loaded",
    because: "file",
    revision: snapshot.revision,
    modules: snapshot.modules.size,
    durationMs: readMs,
  });
  return new FollowingRegistry({
    options,
    pool,
    surroundings,
    codec: new OpCodec(options.internalModule),
    snapshot,
    // A clock that is behind must not make what was seen a thing of the future.
    clock: new DatabaseClock(new Date(Math.max(nowMs, confirmedAtMs)), surroundings.time),
    live: [],
    isOwn: watchOwnBackends(pool),
    protocol,
    signs: { activeProtocol: protocol.min, openRewinds: 0, logRows: 0, server: null },
    rewinds: new RewindWatch([]),
    admit: async () => {
      const admitted = await admit(pool, options);
      if (!admitted.ok) return admitted;
      // Known first and asked then, as at a start: whoever raises the protocol counts those who are known.
      await beat(pool, options.instance, snapshot, protocol, null);
      return checkProtocol(pool, protocol);
    },
    lastAt: new Date(confirmedAtMs).toISOString(),
    quarantined,
  });
}

/** Whether this program can work on this database; brings its schema to what the program knows. */
async function admit(pool: Pool, options: RegistryOptions): Promise<Result<void, OpenError>> {
  const checked = await checkServer(pool);
  if (!checked.ok) return checked;
  const { time } = options.surroundings ?? realSurroundings;
  const told = ({ version, name }: Migration): void =>
    options.log({ kind: "schema-migrated", version, name });
  const migrated = await migrate(pool, allMigrations, told, time);
  if (!migrated.ok) return migrated;
  return checkProtocol(pool, options.protocol ?? thisProtocol);
}

interface First {
  readonly snapshot: Snapshot;
  readonly clock: DatabaseClock;
  /** The last of the log. */
  readonly changes: readonly StoredChange[];
}

async function loadFirst(
  pool: Pool,
  { internalModule: internal, guard = null }: RegistryOptions,
  codec: OpCodec,
  time: ProcessTime,
): Promise<Result<First, OpenError>> {
  const loaded = await runTransaction(pool, readOnly, async (client) => {
    const seen = await readPosition(client, 0);
    const clock = new DatabaseClock(seen.now, time);
    guard?.begin(seen.revision);
    return {
      commits: true,
      value: {
        clock,
        loaded: await loadSnapshot(client, seen, indexModules([]), internal, codec),
        changes: await readLastChanges(client, REMEMBERED),
      },
    };
  });
  if (!loaded.ok)
    return err({ kind: "unreachable", message: `cannot read the state: ${loaded.error.cause}` });
  const { clock, loaded: snapshot, changes } = loaded.value;
  if (!snapshot.ok) {
    return err({
      kind: "unreadable",
      message: `the stored state cannot be read: ${snapshot.error}; start the version that wrote it, or restore the database`,
    });
  }
  return ok({ snapshot: snapshot.value, clock, changes });
}
