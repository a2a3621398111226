import type { ModuleDescriptor } from "@octavo/descriptor";
import { err, ok, type Result } from "@octavo/result";
import type { Pool, PoolClient } from "pg";
import type { ApplyGuard, Quarantined } from "./apply-guard.ts";
import { coalesce } from "./coalesce.ts";
import { messageOf } from "./database-failure.ts";
import type { DatabaseClock } from "./database-clock.ts";
import type { OpCodec } from "./logged-change.ts";
import { isRewound, look, type Looked } from "./look.ts";
import type { OpenError } from "./open-options.ts";
import { readLastChanges, readPosition, type Seen, type StoredChange } from "./read-log.ts";
import type { ProcessTime } from "./process-time.ts";
import { outsideProtocol, type Protocol } from "./protocol.ts";
import type { Contact } from "./registry.ts";
import type { RegistryEvent } from "./registry-event.ts";
import { findLoss } from "./rewind/find-loss.ts";
import { REMEMBERED } from "./rewind/recent-changes.ts";
import { lostModules } from "./rewind/record-rewind.ts";
import type { RewindWatch } from "./rewind/rewind-watch.ts";
import { readOnly, readWrite, runTransaction } from "./run-transaction.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SnapshotHolder } from "./snapshot-holder.ts";

/** Brings the snapshot to what the database holds. States:
 * - unadmitted: the snapshot is of a file, and the database has not been met yet: nothing of it is read before it is known
 *   that this program can
 * - following: each look applies what is new
 * - away: the last look failed; the snapshot stays and is served
 * - stopped: the database holds what this program cannot apply; the snapshot stays, writes are refused. The next look
 *   tries again only when the database has moved. */
export class Follower {
  /** @returns why it could not, in a sentence */
  readonly catchUp: () => Promise<Result<void, string>>;
  readonly #parts: FollowerParts;
  #admit: FollowerParts["admit"];
  #isUp: boolean;
  #lastAt: string | null;
  /** False while the snapshot is of a file, and what led to it is not known here. */
  #remembersLog: boolean;
  #refusedBecause: string | null = null;
  #stopped: { readonly at: Pick<Seen, "revision" | "hash">; readonly because: string } | null = null;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#admit = parts.admit;
    this.#isUp = parts.admit === null;
    this.#remembersLog = parts.admit === null;
    this.#lastAt = parts.lastAt;
    this.catchUp = coalesce(async () => {
      try {
        return await this.#catchUp();
      } catch (error) {
        // Tables that are gone, a column of another version: nothing to serve a newer snapshot from.
        return this.#contactLost(messageOf(error));
      }
    });
  }

  get contact(): Contact {
    const stoppedBecause = this.#refusedBecause ?? this.#stopped?.because ?? null;
    return { isUp: this.#isUp, lastAt: this.#lastAt, stoppedBecause };
  }

  /** False until a database is met for the first time, where the snapshot is of a file. */
  get isAdmitted(): boolean {
    return this.#admit === null;
  }

  async #catchUp(): Promise<Result<void, string>> {
    const admitted = await this.#beAdmitted();
    if (!admitted.ok) return admitted;
    for (;;) {
      const { holder, rewinds } = this.#parts;
      const base = holder.current;
      const turn = await this.#look(base);
      if (!turn.ok) {
        this.#parts.guard?.end();
        return turn;
      }
      // A writer of this instance may have put its own snapshot in place meanwhile: then this one is built on an old one.
      const { how, snapshot, changes } = turn.value;
      if (snapshot === base) return ok(undefined);
      const isReplaced = holder.replace(base, snapshot);
      this.#parts.guard?.end();
      if (!isReplaced) continue;
      if (how === "applied") {
        rewinds.recent.add(changes);
        this.#tellApplied(snapshot.revision, changes);
      }
      if (how === "history" || how === "gap") rewinds.recent.replace(changes);
      return ok(undefined);
    }
  }

  /** A database that cannot be this program's takes readiness from it, as at a start; it is asked again at each look. */
  async #beAdmitted(): Promise<Result<void, string>> {
    if (this.#admit === null) return ok(undefined);
    const admitted = await this.#admit();
    if (admitted.ok) {
      this.#admit = null;
      this.#refusedBecause = null;
      return admitted;
    }
    const { kind, message } = admitted.error;
    if (kind === "unreachable") return this.#contactLost(message);
    this.#refusedBecause = message;
    return err(message);
  }

  /** @returns the snapshot to replace `base` with */
  async #look(base: Snapshot): Promise<Result<Looked, string>> {
    const { pool, time, clock, internal, codec, protocol, rewinds, guard, quarantined } = this.#parts;
    const startedAt = time.now();
    const looked = await runTransaction<Result<Turn, string>>(pool, readOnly, async (client) => {
      const seen = await readPosition(client, base.revision);
      clock.set(seen.now);
      if (seen.isStandby) return { commits: true, value: err("the server is a standby: it takes no writes") };
      this.#contactMade(seen.now);
      if (this.#isStoppedAt(seen)) return { commits: true, value: ok({ seen, built: null }) };
      const outside = outsideProtocol(seen.protocol, protocol);
      if (outside !== null) return { commits: true, value: ok({ seen, built: err(outside) }) };
      if (quarantined !== null && seen.revision >= quarantined.revision)
        return { commits: true, value: ok({ seen, built: err(quarantined.because) }) };
      if (isRewound(base, seen) && seen.history === base.history)
        return { commits: true, value: ok({ seen, built: "of-no-history" }) };
      if (seen.revision !== base.revision) guard?.begin(seen.revision);
      const built = await look(client, base, seen, internal, codec);
      if (built.ok && !this.#remembersLog) await this.#rememberLog(client, base);
      return { commits: true, value: ok({ seen, built }) };
    });
    if (!looked.ok) return this.#contactLost(looked.error.cause);
    if (!looked.value.ok) return this.#contactLost(looked.value.error);
    const { seen, built } = looked.value.value;
    if (built === null) return err(this.#stopped?.because ?? "");
    if (built === "of-no-history") {
      const begun = await this.#beginHistory(seen);
      return begun.ok ? this.#look(base) : begun;
    }
    if (!built.ok) return this.#stop(seen, base, built.error);
    this.#resume(seen);
    this.#tell(base, seen, built.value, time.now() - startedAt);
    if (built.value.how === "history") {
      if (isRewound(base, seen)) this.#notice(base, built.value);
      await rewinds.record(pool);
    }
    return built;
  }

  /** One of the instances that notice gives the line of history a new name, so that nothing that was built on the lost
   * one is taken for part of this; and before anybody serves it, so that no instance goes back within a history. The
   * others find it at their next look. */
  async #beginHistory(seen: Seen): Promise<Result<void, string>> {
    const begun = await runTransaction(this.#parts.pool, readWrite, async (client: PoolClient) => {
      await client.query("update octavo.revision set history = gen_random_uuid() where history = $1", [
        seen.history,
      ]);
      return { commits: true, value: undefined };
    });
    return begun.ok ? begun : this.#contactLost(begun.error.cause);
  }

  /** What the log says of how `base` came about: a later loss of it can then be listed. */
  async #rememberLog(client: PoolClient, base: Snapshot): Promise<void> {
    const last = await readLastChanges(client, REMEMBERED);
    this.#parts.rewinds.recent.replace(last.filter(({ revision }) => revision <= base.revision));
    this.#remembersLog = true;
  }

  #notice(base: Snapshot, { changes, snapshot }: Looked): void {
    const { rewinds, instanceUrl: noticedBy, server } = this.#parts;
    const loss = findLoss(rewinds.recent.all, changes, snapshot);
    rewinds.notice({
      lostHistory: base.history,
      lostRevision: base.revision,
      loss,
      modules: lostModules(base, loss),
      noticedBy,
      serverBefore: server(),
    });
  }

  #isStoppedAt(seen: Seen): boolean {
    const at = this.#stopped?.at;
    return at !== undefined && at.revision === seen.revision && at.hash === seen.hash;
  }

  #stop(seen: Seen, base: Snapshot, cause: string): Result<never, string> {
    this.#stopped = { at: { revision: seen.revision, hash: seen.hash }, because: cause };
    this.#parts.log({
      kind: "following-stopped",
      revision: base.revision,
      cause,
      remedy:
        "requests are still served at this revision; start a program of the version that wrote the change, " +
        "or restore the database",
    });
    return err(cause);
  }

  #resume(seen: Seen): void {
    if (this.#stopped === null) return;
    this.#stopped = null;
    this.#parts.log({ kind: "following-resumed", revision: seen.revision });
  }

  #tell(base: Snapshot, seen: Seen, { how, snapshot }: Looked, durationMs: number): void {
    const { log } = this.#parts;
    if (how !== "history" && how !== "gap") return;
    if (how === "history" && isRewound(base, seen)) {
      log({
        kind: "history-rewound",
        from: { history: base.history, revision: base.revision, hash: base.hash },
        to: { history: seen.history, revision: seen.revision, hash: seen.hash },
        remedy:
          "the database has lost acknowledged changes, as after a failover without synchronous replication: " +
          "see which with octavo cluster rewinds, and propose them again or acknowledge the loss",
      });
    }
    log({
      kind: "snapshot-loaded",
      because: how,
      revision: snapshot.revision,
      modules: snapshot.modules.size,
      durationMs,
    });
  }

  #tellApplied(revision: number, [oldest]: readonly StoredChange[]): void {
    if (oldest === undefined) return;
    const afterMs = Math.max(0, this.#parts.clock.now() - Date.parse(oldest.at));
    this.#parts.log({ kind: "applied", revision, afterMs });
  }

  #contactMade(now: Date): void {
    if (!this.#isUp) this.#parts.log({ kind: "contact-restored" });
    this.#isUp = true;
    this.#lastAt = now.toISOString();
  }

  #contactLost(cause: string): Result<never, string> {
    if (this.#isUp) this.#parts.log({ kind: "contact-lost", cause });
    this.#isUp = false;
    return err(cause);
  }
}

/** What one look saw and made of it. */
interface Turn {
  readonly seen: Seen;
  /** null: it was seen before that it cannot be built; "of-no-history": changes were lost, and the line of history still has
   * the name that it had before. */
  readonly built: Result<Looked, string> | "of-no-history" | null;
}

export interface FollowerParts {
  readonly pool: Pool;
  readonly time: ProcessTime;
  readonly holder: SnapshotHolder;
  readonly clock: DatabaseClock;
  readonly internal: ModuleDescriptor;
  readonly codec: OpCodec;
  readonly protocol: Protocol;
  readonly rewinds: RewindWatch;
  readonly instanceUrl: string;
  /** System id and timeline of the server as it was seen last; null: never. */
  readonly server: () => string | null;
  readonly log: (event: RegistryEvent) => void;
  /** What is done before anything is read of a database that has not been met yet; null where it has been. */
  readonly admit: (() => Promise<Result<void, OpenError>>) | null;
  /** When there was contact last: ISO, or null. */
  readonly lastAt: string | null;
  readonly guard: ApplyGuard | null;
  /** What is not tried: this and every later revision, which is built on it. */
  readonly quarantined: Quarantined | null;
}
