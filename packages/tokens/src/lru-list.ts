// lru-list.ts runs for every request: moving a node allocates nothing.

/** A list in order of use, of nodes that are at the same time the entries of a map. */
export interface LruNode {
  newer: LruNode | null;
  older: LruNode | null;
}

export class LruList<N extends LruNode> {
  readonly #ends: LruNode;

  constructor() {
    const ends: LruNode = { newer: null, older: null };
    ends.newer = ends;
    ends.older = ends;
    this.#ends = ends;
  }

  /** A node comes in, or is moved, to where the newest is. */
  touch(node: N): void {
    const ends = this.#ends;
    if (ends.older === node) return;
    this.remove(node);
    const newest = ends.older;
    node.older = newest;
    node.newer = ends;
    if (newest !== null) newest.newer = node;
    ends.older = node;
  }

  remove(node: N): void {
    if (node.newer !== null) node.newer.older = node.older;
    if (node.older !== null) node.older.newer = node.newer;
    node.newer = null;
    node.older = null;
  }

  oldest(): N | null {
    const oldest = this.#ends.newer;
    // as: only nodes of type N come in, and the ring's own end is excluded
    return oldest === null || oldest === this.#ends ? null : (oldest as N);
  }
}
