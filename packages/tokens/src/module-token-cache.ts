// module-token-cache.ts runs for every request: no closure and no allocation on a hit.
import { assert } from "@octavo/result";
import type { ModuleClaims } from "./claims.ts";
import type { TenantEpochs } from "./epochs.ts";
import { LruList } from "./lru-list.ts";
import type { LruNode } from "./lru-list.ts";

/** A signed module token and what it is kept by. */
export interface MintedToken {
  readonly subject: string;
  /** The routing entry itself: a module of another version has another one. */
  readonly entry: object;
  readonly claims: ModuleClaims;
  readonly token: string;
  /** Long before it expires: a module works on with it after it has answered. */
  readonly renewAtMs: number;
  readonly epochs: TenantEpochs;
}

interface Node extends LruNode {
  readonly minted: MintedToken;
  generation: number;
}

/** Module tokens by subject (tenant and user) and routing entry (DECISIONS 5): signing one for each request would cost more
 * than forwarding it. Holds at most `size` of them, the least recently used one goes. */
export class ModuleTokenCache {
  readonly #size: number;
  #count = 0;
  readonly #bySubject = new Map<string, Map<object, Node>>();
  readonly #order = new LruList<Node>();
  /** Look-ups that found something, and those that did not. */
  hits = 0;
  misses = 0;

  constructor(size: number) {
    assert(size > 0, "a cache holds something");
    this.#size = size;
  }

  get count(): number {
    return this.#count;
  }

  /** How many tenants' users it holds tokens of. */
  get subjectCount(): number {
    return this.#bySubject.size;
  }

  /** @returns null where one has to be signed */
  find(subject: string, entry: object, nowMs: number): string | null {
    const found = this.#find(subject, entry, nowMs);
    if (found === null) this.misses += 1;
    else this.hits += 1;
    return found;
  }

  #find(subject: string, entry: object, nowMs: number): string | null {
    const node = this.#bySubject.get(subject)?.get(entry);
    if (node === undefined) return null;
    const minted = node.minted;
    if (minted.renewAtMs <= nowMs) return this.#drop(node);
    const generation = minted.epochs.generation;
    if (node.generation !== generation) {
      if (minted.epochs.hasEnded(minted.claims)) return this.#drop(node);
      node.generation = generation;
    }
    this.#order.touch(node);
    return minted.token;
  }

  add(minted: MintedToken): void {
    const known = this.#bySubject.get(minted.subject)?.get(minted.entry);
    if (known !== undefined) this.#drop(known);
    else if (this.#count >= this.#size) this.#dropOldest();
    let ofSubject = this.#bySubject.get(minted.subject);
    if (ofSubject === undefined) this.#bySubject.set(minted.subject, (ofSubject = new Map()));
    // Compared with the epochs when it is found first: they may have changed while it was signed.
    const node: Node = { minted, generation: -1, newer: null, older: null };
    ofSubject.set(minted.entry, node);
    this.#order.touch(node);
    this.#count++;
  }

  /** For a module that was disabled: its tokens are refused from then on, so they are not to be handed out. */
  clear(): void {
    for (const ofSubject of this.#bySubject.values()) for (const node of ofSubject.values()) this.#drop(node);
  }

  #drop(node: Node): null {
    const { subject, entry } = node.minted;
    const ofSubject = this.#bySubject.get(subject);
    ofSubject?.delete(entry);
    if (ofSubject?.size === 0) this.#bySubject.delete(subject);
    this.#order.remove(node);
    this.#count--;
    return null;
  }

  #dropOldest(): void {
    const oldest = this.#order.oldest();
    if (oldest !== null) this.#drop(oldest);
  }
}
