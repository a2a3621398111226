// user-identities.ts: `find` runs for every request of a user: no closure and no allocation on a hit.
import type { IdentityEpochs } from "@octavo/registry";
import { assert, err, ok, type Result } from "@octavo/result";
import { PermissionSets } from "./permission-sets.ts";

/** What a tenant's own modules say of a user. */
export type LoadedUser =
  | {
      readonly kind: "user";
      readonly isActive: boolean;
      /** When the account ends, in milliseconds; null: it does not. */
      readonly expiresAtMs: number | null;
      /** Expanded. */
      readonly permissions: readonly string[];
      /** How long it may be kept: the modules push what changes, or they do not. */
      readonly maxAgeMs: number;
    }
  | { readonly kind: "unknown" }
  /** There is a user, and the permissions module does not know him. */
  | { readonly kind: "without-permissions" };

/** Asks the tenant's modules. @returns as the error, a sentence for the caller: the status is 503 */
export type LoadUser = (tenantId: string, userId: string) => Promise<Result<LoadedUser, string>>;

/** A user as this instance knows him. */
export interface UserIdentity {
  readonly state: "active" | "inactive" | "unknown" | "without-permissions";
  readonly permissions: ReadonlySet<string>;
  /** A user who is active until now may have an end; null: none. */
  readonly expiresAtMs: number | null;
}

interface Entry extends UserIdentity {
  readonly freshUntilMs: number;
  /** That of the tenant when the reading began. */
  readonly serial: number;
  /** The epochs that it was last compared with. */
  checked: IdentityEpochs | undefined;
}

interface Flight {
  readonly serial: number;
  readonly entry: Promise<Result<Entry, string>>;
}

interface UserIdentitiesParts {
  readonly load: LoadUser;
  readonly epochsOf: (tenantId: string) => IdentityEpochs | undefined;
  readonly now: () => number;
  /** Users at most; those longest in it go first. */
  readonly size: number;
}

/** A user who is not known, or has no permissions, may come to be or to have them without a push. */
const ABSENT_MS = 10_000;
const MOST_READINGS = 3;
const NOTHING: ReadonlySet<string> = new Set();

/** Users by subject ("<tenant>/user:<id>"), read once and kept until their modules push a change, or for as long as they
 * may be (DECISIONS 6). A reading that began before a push is out of date with it: it is compared by the tenant's serial,
 * never by time. */
export class UserIdentities {
  readonly #parts: UserIdentitiesParts;
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Flight>();
  readonly #sets = new PermissionSets();
  /** Look-ups that found somebody, and those that did not. */
  hits = 0;
  misses = 0;

  constructor(parts: UserIdentitiesParts) {
    assert(parts.size > 0, "a cache holds something");
    this.#parts = parts;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** @returns null where he has to be read */
  find(
    subject: string,
    userId: string,
    epochs: IdentityEpochs | undefined,
    nowMs: number,
  ): UserIdentity | null {
    const entry = this.#entries.get(subject);
    if (entry === undefined || !isCurrent(entry, userId, epochs, nowMs)) {
      this.misses += 1;
      return null;
    }
    this.hits += 1;
    return entry;
  }

  /** Reads a user, once for all who ask at the same time. Whoever asks after a push does not get what was read before. */
  async read(tenantId: string, userId: string, subject: string): Promise<Result<UserIdentity, string>> {
    for (let reading = 0; reading < MOST_READINGS; reading += 1) {
      const read = await this.#flightOf(tenantId, userId, subject).entry;
      if (!read.ok) return read;
      if (!isOutdated(read.value.serial, userId, this.#parts.epochsOf(tenantId))) return read;
    }
    return err(`The permissions of user ${userId} change faster than they can be read. Try again`);
  }

  /** He signs in: what is known of him is read anew. */
  forget(subject: string): void {
    this.#entries.delete(subject);
    this.#flights.delete(subject);
  }

  clear(): void {
    this.#entries.clear();
    this.#flights.clear();
  }

  #flightOf(tenantId: string, userId: string, subject: string): Flight {
    const serial = this.#parts.epochsOf(tenantId)?.serial ?? 0;
    const known = this.#flights.get(subject);
    if (known !== undefined && known.serial >= serial) return known;
    const flight: Flight = { serial, entry: this.#fly(tenantId, userId, subject, serial) };
    this.#flights.set(subject, flight);
    void flight.entry.then(
      (read) => this.#land(subject, flight, read),
      () => this.#land(subject, flight, err("")),
    );
    return flight;
  }

  async #fly(
    tenantId: string,
    userId: string,
    subject: string,
    serial: number,
  ): Promise<Result<Entry, string>> {
    assert(subject.startsWith(`${tenantId}/`), "a user is kept under his own tenant");
    const loaded = await this.#parts.load(tenantId, userId);
    return loaded.ok ? ok(this.#entryOf(loaded.value, serial)) : loaded;
  }

  #land(subject: string, flight: Flight, read: Result<Entry, string>): void {
    // A later one, begun after a push, has taken its place, or all were forgotten.
    if (this.#flights.get(subject) !== flight) return;
    this.#flights.delete(subject);
    if (!read.ok) return;
    this.#entries.delete(subject);
    if (this.#entries.size >= this.#parts.size) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(subject, read.value);
  }

  #entryOf(loaded: LoadedUser, serial: number): Entry {
    const now = this.#parts.now();
    if (loaded.kind !== "user") {
      return {
        state: loaded.kind,
        permissions: NOTHING,
        expiresAtMs: null,
        freshUntilMs: now + ABSENT_MS,
        serial,
        checked: undefined,
      };
    }
    return {
      state: loaded.isActive ? "active" : "inactive",
      permissions: this.#sets.setOf(loaded.permissions),
      expiresAtMs: loaded.expiresAtMs,
      freshUntilMs: now + loaded.maxAgeMs,
      serial,
      checked: undefined,
    };
  }
}

function isCurrent(entry: Entry, userId: string, epochs: IdentityEpochs | undefined, nowMs: number): boolean {
  if (entry.freshUntilMs <= nowMs) return false;
  if (entry.checked === epochs) return true;
  if (isOutdated(entry.serial, userId, epochs)) return false;
  entry.checked = epochs;
  return true;
}

function isOutdated(serial: number, userId: string, epochs: IdentityEpochs | undefined): boolean {
  if (epochs === undefined) return false;
  return serial < epochs.everybodySince || serial < (epochs.users.get(userId)?.since ?? 0);
}
