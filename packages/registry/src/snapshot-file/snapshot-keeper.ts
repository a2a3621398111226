import { mkdir } from "node:fs/promises";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { messageOf } from "../database-failure.ts";
import type { RegistryEvent } from "../registry-event.ts";
import type { RegistryView } from "../registry.ts";
import type { Snapshot } from "../snapshot.ts";
import type { KeptFiles } from "./kept-files.ts";
import {
  type KeptEnd,
  type KeptSecret,
  writeConfirmation,
  writeSnapshotFile,
} from "./write-snapshot-file.ts";

export interface KeeperParts {
  readonly registry: RegistryView;
  readonly files: KeptFiles;
  readonly internal: ModuleDescriptor;
  /** Version of this gateway. */
  readonly program: string;
  /** The private parts of these keys, wrapped; null: nobody can say now. */
  readonly signingSecrets: (kids: readonly string[]) => Promise<readonly KeptSecret[] | null>;
  /** Sessions whose access tokens may still be about; null: nobody can say now. */
  readonly endedSessions: () => Promise<readonly KeptEnd[] | null>;
  readonly log: (event: RegistryEvent) => void;
}

/** What is on disk, for metrics. */
export interface KeptVitals {
  /** null: none was written by this process yet. */
  readonly revision: number | null;
  /** When it was last known to be what the database holds, in milliseconds of the one clock. */
  readonly confirmedAtMs: number | null;
  readonly failures: number;
}

const WRITE_EVERY_MS = 5000;
const CONFIRM_EVERY_MS = 10_000;

/** Keeps the state on disk, for a start without the database: a snapshot soon after each change, and every ten seconds a
 * word that it is still right. Only what the database has said is kept: without contact nothing is written.
 * States: idle -> due (a change, or the time has come) -> writing -> idle; closed from each of them. */
export class SnapshotKeeper {
  readonly #parts: KeeperParts;
  readonly #stop: () => void;
  #kept: Snapshot | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #confirmedAtMs: number | null = null;
  #failures = 0;
  #isFailing = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#stop = parts.registry.onSnapshot(() => this.#plan());
    this.#plan();
  }

  get vitals(): KeptVitals {
    return {
      revision: this.#kept?.revision ?? null,
      confirmedAtMs: this.#confirmedAtMs,
      failures: this.#failures,
    };
  }

  /** The last word before a stop is the newest one. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  #plan(): void {
    if (this.#isClosed || this.#isWriting) return;
    const isNew = this.#kept !== this.#parts.registry.snapshot;
    const dueAt = isNew ? this.#writtenAt + WRITE_EVERY_MS : this.#confirmedAt + CONFIRM_EVERY_MS;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), Math.max(0, dueAt - performance.now()));
    this.#timer.unref();
  }

  #begin(): void {
    this.#isWriting = true;
    this.#writing = this.#write().finally(() => {
      this.#isWriting = false;
      this.#plan();
    });
  }

  async #write(): Promise<void> {
    const { contact } = this.#parts.registry;
    // Whether or not it works: what fails is not tried without pause.
    if (this.#kept !== this.#parts.registry.snapshot) this.#writtenAt = performance.now();
    this.#confirmedAt = performance.now();
    if (!contact.isUp || contact.stoppedBecause !== null) return;
    try {
      await this.#writeBoth();
      this.#isFailing = false;
    } catch (error) {
      this.#failures += 1;
      if (this.#isFailing) return; // said once
      this.#isFailing = true;
      this.#parts.log({
        kind: "snapshot-file-failed",
        cause: messageOf(error),
        remedy: `make ${this.#parts.files.folder} a folder that this gateway can write to, with room for the state`,
      });
    }
  }

  async #writeBoth(): Promise<void> {
    const { registry, files, internal, program, log } = this.#parts;
    const { snapshot, contact, clock } = registry;
    const atMs = contact.lastAt === null ? clock.now() : Date.parse(contact.lastAt);
    const writing = { files, program, atMs };
    if (this.#kept !== snapshot) {
      const startedAt = performance.now();
      const secrets = await this.#parts.signingSecrets(kidsOf(snapshot));
      if (secrets === null) return;
      await mkdir(files.folder, { recursive: true });
      const bytes = await writeSnapshotFile(snapshot, secrets, internal, writing);
      this.#kept = snapshot;
      const durationMs = performance.now() - startedAt;
      log({ kind: "snapshot-file-written", revision: snapshot.revision, bytes, durationMs });
    }
    const ended = await this.#parts.endedSessions();
    if (ended === null) return;
    await writeConfirmation(snapshot, ended, writing);
    this.#confirmedAtMs = atMs;
  }
}

/** The keys that a gateway reads the private part of. */
function kidsOf({ signingKeys }: Snapshot): readonly string[] {
  return [...signingKeys.values()]
    .filter(({ supersededAt, retiredAt }) => supersededAt === null && retiredAt === null)
    .map(({ kid }) => kid);
}
