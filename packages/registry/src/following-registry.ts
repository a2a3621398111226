import { err, ok, type Result } from "@octavo/result";
import type { Pool, PoolClient } from "pg";
import type { DatabaseClock } from "./database-clock.ts";
import { failureOf, messageOf } from "./database-failure.ts";
import { Follower } from "./follower.ts";
import type { Quarantined } from "./apply-guard.ts";
import { Barrier } from "./barrier.ts";
import { defaultLogLimits } from "./change-log/log-limits.ts";
import { LogSweeper } from "./change-log/log-sweeper.ts";
import { type ClusterSigns, readClusterSigns } from "./cluster-signs.ts";
import { coalesce } from "./coalesce.ts";
import { acknowledge, beat, leave, readLiveInstances, rename, liveForSeconds } from "./heartbeat.ts";
import type { OpCodec } from "./logged-change.ts";
import type { OpenError, RegistryOptions } from "./open-options.ts";
import { PollLoop } from "./poll-loop.ts";
import type { ProcessTime } from "./process-time.ts";
import type { Protocol } from "./protocol.ts";
import type {
  Clock,
  Committed,
  Contact,
  Decision,
  InstanceVitals,
  LiveInstance,
  Registry,
  Settled,
  WriteError,
  WriteIntent,
} from "./registry.ts";
import type { RewindWatch } from "./rewind/rewind-watch.ts";
import { readOnly, readWrite, runTransaction } from "./run-transaction.ts";
import type { Snapshot } from "./snapshot.ts";
import { RowListeners } from "./row-listeners.ts";
import { SnapshotHolder } from "./snapshot-holder.ts";
import { within } from "./within.ts";
import type { Surroundings } from "./surroundings.ts";
import { sweep } from "./sweep.ts";
import { WakeUps } from "./wake-ups.ts";
import { unavailable, Writer } from "./writer.ts";

export interface RegistryParts {
  readonly options: RegistryOptions;
  readonly pool: Pool;
  readonly surroundings: Surroundings;
  readonly codec: OpCodec;
  readonly snapshot: Snapshot;
  readonly clock: DatabaseClock;
  readonly live: readonly LiveInstance[];
  readonly isOwn: (backendProcessId: number) => boolean;
  readonly protocol: Protocol;
  readonly signs: ClusterSigns;
  readonly rewinds: RewindWatch;
  /** @see FollowerParts */
  readonly admit: (() => Promise<Result<void, OpenError>>) | null;
  readonly lastAt: string | null;
  /** @see FollowerParts */
  readonly quarantined: Quarantined | null;
}

const sweepEveryMs = 600_000;

/** From so many instances on they do not all ask the database in the same instant. */
const MANY_INSTANCES = 8;
const SPREAD_MS = 20;

/** Puts the parts together: holder, follower (woken by notifications, sent by the poll), writer, heartbeat. */
export class FollowingRegistry implements Registry {
  readonly clock: Clock;
  readonly #options: RegistryOptions;
  readonly #pool: Pool;
  readonly #holder: SnapshotHolder;
  readonly #follower: Follower;
  readonly #writer: Writer;
  readonly #polls: PollLoop;
  readonly #wakeUps: WakeUps | null;
  readonly #rows: RowListeners;
  readonly #barrier: Barrier;
  readonly #acknowledge: () => Promise<void>;
  readonly #protocol: Protocol;
  readonly #rewinds: RewindWatch;
  readonly #logSweeper: LogSweeper;
  #signs: ClusterSigns;
  #vitals: () => InstanceVitals | null = () => null;
  #live: readonly LiveInstance[];
  /** As far as it knows: another one may have come since the last heartbeat. */
  #isAlone: boolean;
  readonly #time: ProcessTime;
  #sweptAt: number;
  #beatAt: number;
  #closed: Promise<void> | null = null;

  constructor({ options, pool, codec, snapshot, clock, live, isOwn, ...more }: RegistryParts) {
    const { log, internalModule: internal } = options;
    const { protocol, signs, rewinds } = more;
    const { surroundings } = more;
    const { time } = surroundings;
    this.#time = time;
    this.#sweptAt = time.now();
    this.#beatAt = time.now();
    this.#protocol = protocol;
    this.#signs = signs;
    this.#rewinds = rewinds;
    this.clock = clock;
    this.#options = options;
    this.#pool = pool;
    this.#live = live;
    this.#isAlone = live.length < 2;
    this.#holder = new SnapshotHolder(snapshot, log, time);
    const shared = { pool, time, holder: this.#holder, clock, internal, codec, protocol, rewinds, log };
    const server = (): string | null => this.#signs.server;
    const { admit, lastAt, quarantined } = more;
    const found = { admit, lastAt, quarantined, guard: options.guard ?? null };
    this.#follower = new Follower({ ...shared, instanceUrl: options.instance.url, server, ...found });
    this.#writer = new Writer({ ...shared, follower: this.#follower });
    this.#rows = new RowListeners(log);
    this.#barrier = new Barrier(pool, options.instance.id, time);
    this.#logSweeper = new LogSweeper({
      time,
      transaction: (work) => this.transaction(work),
      instanceId: options.instance.id,
      limits: options.logLimits ?? defaultLogLimits,
      log,
    });
    this.#acknowledge = coalesce(() => this.#sayApplied());
    this.#holder.onSnapshot(() => void this.#acknowledge());
    this.#polls = new PollLoop(time, options.pollIntervalMs ?? 1000, () => this.#poll());
    this.#wakeUps =
      options.isListening === false
        ? null
        : new WakeUps({
            instanceId: options.instance.id,
            time,
            createClient: () => surroundings.createListener(options),
            notify: (channel) => pool.query(`notify ${channel}`),
            wake: (by) => {
              if (by === "another") {
                this.#isAlone = false; // and he waits for us
                this.#catchUpSoon();
              } else void this.#poll(); // there is contact, perhaps again: a heartbeat says so at once
            },
            wakeForRows: () => this.#rows.tell(),
            wakeForApplied: () => this.#barrier.heard(),
            isOwn,
            log,
          });
  }

  /** What was committed before the first heartbeat was seen nobody waited for: it is looked for once more. */
  async join(): Promise<void> {
    await this.#follower.catchUp();
  }

  get signs(): ClusterSigns {
    return this.#signs;
  }

  reportVitals(read: () => Omit<InstanceVitals, "isListening">): void {
    this.#vitals = () => ({ ...read(), isListening: this.#wakeUps?.isListening ?? false });
  }

  get newestProtocol(): number {
    return this.#protocol.max;
  }

  get snapshot(): Snapshot {
    return this.#holder.current;
  }

  get contact(): Contact {
    return this.#follower.contact;
  }

  async write<E>(
    intent: WriteIntent,
    decide: (snapshot: Snapshot) => Result<Decision, E>,
  ): Promise<Result<Committed, E | WriteError>> {
    if (!this.#follower.isAdmitted) return err(unmet());
    const written = await this.#writer.write(intent, decide);
    if (written.ok) await this.#options.followers?.reached(written.value.revision);
    return written;
  }

  read<T>(work: (client: PoolClient) => Promise<T>): Promise<Result<T, WriteError>> {
    return this.#run(readOnly, work);
  }

  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<Result<T, WriteError>> {
    return this.#run(readWrite, work);
  }

  reached(revision: number, timeoutMs: number): Promise<boolean> {
    return this.#holder.reached(revision, timeoutMs);
  }

  async refresh(timeoutMs: number): Promise<boolean> {
    const caughtUp = this.#follower.catchUp().then(({ ok: isDone }) => isDone);
    return within(this.#time, timeoutMs, caughtUp);
  }

  async settled(revision: number, timeoutMs: number): Promise<Settled> {
    const { history } = this.#holder.current;
    const beganAt = this.#time.now();
    const settled = await this.#barrier.wait({ revision, history }, timeoutMs);
    const missing = settled.kind === "known" ? settled.missing.length : null;
    this.#options.log({ kind: "settled", waitedMs: this.#time.now() - beganAt, missing });
    return settled;
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    return this.#holder.onSnapshot(listener);
  }

  onRows(listener: () => void): () => void {
    return this.#rows.add(listener);
  }

  instances(): readonly LiveInstance[] {
    return this.#live;
  }

  async renameInstance(instanceId: string, name: string): Promise<Result<LiveInstance, WriteError>> {
    if (!this.#follower.isAdmitted) return err(unmet());
    try {
      const isRenamed = await rename(this.#pool, instanceId, name);
      this.#live = await readLiveInstances(this.#pool);
      const renamed = this.#live.find(({ id }) => id === instanceId);
      if (isRenamed && renamed !== undefined) return ok(renamed);
      return err(unavailable(`instance ${instanceId} has no live heartbeat`));
    } catch (error) {
      if (failureOf(error) === "mistake") throw error;
      return err(unavailable(messageOf(error)));
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#polls.close(), this.#wakeUps?.close()]);
    // Best effort: without contact the heartbeat runs out by itself.
    await leave(this.#pool, this.#options.instance.id).catch(() => undefined);
    await this.#pool.end();
  }

  async #run<T>(
    statements: typeof readOnly | typeof readWrite,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<Result<T, WriteError>> {
    if (!this.#follower.isAdmitted) return err(unmet());
    const ran = await runTransaction(this.#pool, statements, async (client) => ({
      commits: true,
      value: await work(client),
    }));
    return ran.ok ? ran : err(unavailable(ran.error.cause, ran.error.outcome));
  }

  /** Where this instance is alone nobody waits for its word. */
  async #sayApplied(): Promise<void> {
    if (this.#isAlone) return;
    const { instance, followers } = this.#options;
    const own = this.#holder.current;
    await followers?.reached(own.revision);
    // The next heartbeat says it too.
    await acknowledge(this.#pool, instance.id, followers?.applied(own) ?? own).catch(() => undefined);
  }

  /** @returns whether there was contact */
  async #poll(): Promise<boolean> {
    await this.#follower.catchUp();
    if (!this.#follower.contact.isUp || !this.#follower.isAdmitted) return false;
    this.#rows.tell();
    try {
      const { instance, followers } = this.#options;
      const own = this.#holder.current;
      this.#live = await beat(
        this.#pool,
        instance,
        followers?.applied(own) ?? own,
        this.#protocol,
        this.#vitals(),
      );
      this.#isAlone = this.#live.length < 2;
      const silentMs = this.#time.now() - this.#beatAt;
      this.#beatAt = this.#time.now();
      // Nobody has waited for us since our last heartbeat ran out: what was written meanwhile is looked for once more.
      if (silentMs > liveForSeconds * 1000) await this.#follower.catchUp();
      await this.#rewinds.record(this.#pool);
      await this.#readSigns();
      void this.#logSweeper.turn().catch(() => undefined);
      await this.#sweepSometimes();
      return true;
    } catch {
      return false; // the next look tells what is wrong
    }
  }

  async #readSigns(): Promise<void> {
    const from = this.#signs.server;
    this.#signs = await readClusterSigns(this.#pool);
    const to = this.#signs.server;
    if (from !== null && to !== null && from !== to) {
      this.#options.log({ kind: "server-changed", from, to });
    }
  }

  #catchUpSoon(): void {
    if (this.#live.length < MANY_INSTANCES) void this.#follower.catchUp();
    else this.#time.after(this.#time.random() * SPREAD_MS, () => void this.#follower.catchUp());
  }

  async #sweepSometimes(): Promise<void> {
    if (this.#time.now() - this.#sweptAt < sweepEveryMs) return;
    this.#sweptAt = this.#time.now();
    const swept = await this.transaction((client) => sweep(client, this.#options.instance.id));
    if (swept.ok && swept.value !== null) this.#options.log({ kind: "swept", ...swept.value });
  }
}

function unmet(): WriteError {
  return unavailable("this instance has started from its snapshot file and has not met the database yet");
}
