import { createHash } from "node:crypto";

/** Sets of permissions that many users have alike are kept once, and so are their names: a staff of thousands has some
 * dozens of different sets of a thousand names each. */
export class PermissionSets {
  readonly #sets = new Map<string, WeakRef<ReadonlySet<string>>>();
  #names = new Map<string, string>();
  #sweepAt = 256;

  setOf(permissions: readonly string[]): ReadonlySet<string> {
    const sorted = [...new Set(permissions)].sort();
    const key = createHash("sha256").update(JSON.stringify(sorted)).digest("base64");
    const known = this.#sets.get(key)?.deref();
    if (known !== undefined) return known;
    const made: ReadonlySet<string> = new Set(sorted.map((name) => this.#nameOf(name)));
    this.#sets.set(key, new WeakRef(made));
    if (this.#sets.size > this.#sweepAt) this.#sweep();
    return made;
  }

  #nameOf(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, name);
    return name;
  }

  /** Forgets sets that nobody holds any more, and with them all names: those in use come back with the next set. */
  #sweep(): void {
    for (const [key, set] of this.#sets) if (set.deref() === undefined) this.#sets.delete(key);
    this.#sweepAt = Math.max(256, 2 * this.#sets.size);
    this.#names = new Map();
  }
}
