import { ok, type Result } from "@octavo/result";
import { DatabaseClock } from "./database-clock.ts";
import type { RegistryEvent } from "./registry-event.ts";
import type { Clock, Contact, RegistryView } from "./registry.ts";
import { processTime } from "./process-time.ts";
import { RowListeners } from "./row-listeners.ts";
import { SnapshotHolder } from "./snapshot-holder.ts";
import { applyPatch, nothingYet, type SnapshotPatch } from "./snapshot-patch.ts";
import type { Snapshot } from "./snapshot.ts";
import { within } from "./within.ts";

/** A registry as a process sees it that another one tells of every change: a worker, which has no connection to the
 * database. */
export class Replica implements RegistryView {
  readonly #holder: SnapshotHolder;
  readonly #rows: RowListeners;
  readonly #clock: DatabaseClock;
  readonly #askRevision: () => Promise<number | null>;
  #contact: Contact;

  /** @param now milliseconds of the database's clock
   * @param askRevision what whoever tells of changes has applied, once he has looked; null where he cannot look */
  constructor(
    now: number,
    contact: Contact,
    log: (event: RegistryEvent) => void,
    askRevision: () => Promise<number | null>,
  ) {
    this.#askRevision = askRevision;
    this.#clock = new DatabaseClock(new Date(now));
    this.#contact = contact;
    this.#holder = new SnapshotHolder(nothingYet, log, processTime);
    this.#rows = new RowListeners(log);
  }

  get snapshot(): Snapshot {
    return this.#holder.current;
  }

  get contact(): Contact {
    return this.#contact;
  }

  get clock(): Clock {
    return this.#clock;
  }

  reached(revision: number, timeoutMs: number): Promise<boolean> {
    return this.#holder.reached(revision, timeoutMs);
  }

  refresh(timeoutMs: number): Promise<boolean> {
    const caughtUp = this.#askRevision().then((revision) =>
      revision === null ? false : this.reached(revision, timeoutMs),
    );
    return within(processTime, timeoutMs, caughtUp);
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    return this.#holder.onSnapshot(listener);
  }

  onRows(listener: () => void): () => void {
    return this.#rows.add(listener);
  }

  /** @returns as the error, why the patch is not one of what is here: then only a new start helps */
  apply(patch: SnapshotPatch): Result<void, string> {
    const base = this.#holder.current;
    const next = applyPatch(base, patch);
    if (!next.ok) return next;
    this.#holder.replace(base, next.value);
    return ok(undefined);
  }

  /** Rows beside the snapshot may have changed, contact may have come or gone.
   * @param now milliseconds of the database's clock */
  tell(now: number, contact: Contact): void {
    this.#clock.set(new Date(now));
    this.#contact = contact;
    this.#rows.tell();
  }
}
