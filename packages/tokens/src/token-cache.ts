// token-cache.ts runs for every request: no closure and no allocation on a hit.
import { assert } from "@octavo/result";
import type { Claims } from "./claims.ts";
import type { TenantEpochs } from "./epochs.ts";
import { LruList } from "./lru-list.ts";
import type { LruNode } from "./lru-list.ts";

/** A token whose signature and claims were checked by this instance. */
export interface VerifiedToken {
  readonly claims: Claims;
  /** The key of whatever is kept for the caller: permissions, module tokens. */
  readonly subject: string;
}

interface Entry extends LruNode, VerifiedToken {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly epochs: TenantEpochs;
  /** That of `epochs` when the token was last compared with them. */
  generation: number;
}

/** Verified tokens by all their bytes: by the signature alone, a forged payload would find the entry of a true one.
 * Holds at most `size` of them, the least recently used one goes. */
export class TokenCache {
  readonly #size: number;
  readonly #entries = new Map<string, Entry>();
  readonly #order = new LruList<Entry>();
  /** Look-ups that found something, and those that did not. */
  hits = 0;
  misses = 0;

  constructor(size: number) {
    assert(size > 0, "a cache holds something");
    this.#size = size;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** @returns null where it has to be verified: unknown, expired, or ended by an epoch since */
  find(token: string, nowMs: number): VerifiedToken | null {
    const found = this.#find(token, nowMs);
    if (found === null) this.misses += 1;
    else this.hits += 1;
    return found;
  }

  #find(token: string, nowMs: number): VerifiedToken | null {
    const entry = this.#entries.get(token);
    if (entry === undefined) return null;
    if (entry.expiresAtMs <= nowMs) return this.#drop(entry);
    const generation = entry.epochs.generation;
    if (entry.generation !== generation) {
      if (entry.epochs.hasEnded(entry.claims)) return this.#drop(entry);
      entry.generation = generation;
    }
    this.#order.touch(entry);
    return entry;
  }

  /** @returns null where an epoch or the session has ended it: it is not kept, and not to be accepted */
  add(token: string, claims: Claims, epochs: TenantEpochs): VerifiedToken | null {
    const generation = epochs.generation;
    if (epochs.hasEnded(claims)) return null;
    const known = this.#entries.get(token);
    if (known !== undefined) this.#drop(known);
    else if (this.#entries.size >= this.#size) this.#dropOldest();
    const entry: Entry = {
      claims,
      subject: subjectOf(claims),
      token: copyOf(token),
      expiresAtMs: claims.exp * 1000,
      epochs,
      generation,
      newer: null,
      older: null,
    };
    this.#entries.set(entry.token, entry);
    this.#order.touch(entry);
    return entry;
  }

  /** For a change of keys, or of a tenant as a whole. */
  clear(): void {
    for (const entry of this.#entries.values()) this.#drop(entry);
  }

  #drop(entry: Entry): null {
    this.#entries.delete(entry.token);
    this.#order.remove(entry);
    return null;
  }

  #dropOldest(): void {
    const oldest = this.#order.oldest();
    if (oldest !== null) this.#drop(oldest);
  }
}

/** A tenant's user, or for a token without one its name: what a module token says of whom it is for depends on just this. */
export function subjectOf(claims: Claims): string {
  const userId = "user_id" in claims ? claims.user_id : null;
  return userId === null ? `${claims.tenant}/sub:${claims.sub}` : `${claims.tenant}/user:${userId}`;
}

/** A part of a longer string keeps the whole of it in memory: here, the header block of a request. */
function copyOf(token: string): string {
  return Buffer.from(token, "latin1").toString("latin1");
}
