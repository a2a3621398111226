import { randomUUID } from "node:crypto";
import type { Transaction } from "@octavo/database";
import { Refusal } from "../http/refusal.ts";
import { type Author, type Document, uuidOf, versionOf } from "./document.ts";
import type { CollectionTraits, DocumentStatements } from "./document-statements.ts";
import { refusalOf } from "./refused-write.ts";
import { badId, duplicate, versionConflict } from "./refusals.ts";
import type { Table } from "./table.ts";

export type UpsertMode = "all" | "each";

/** What became of one document of a batch. */
export type Upserted =
  | { readonly kind: "created" | "updated"; readonly id: string }
  | { readonly kind: "refused"; readonly id: string; readonly refusal: Refusal };

export interface UpsertTarget {
  readonly table: Table;
  readonly traits: CollectionTraits;
  readonly statements: DocumentStatements;
}

/** Rows of one statement. */
const CHUNK = 500;

interface Given {
  readonly id: string;
  readonly document: Document;
  readonly at: number;
}

/** @see DocumentCollection.upsert */
export async function upsert(
  target: UpsertTarget,
  tx: Transaction,
  documents: readonly Document[],
  author: Author,
  mode: UpsertMode,
): Promise<readonly Upserted[]> {
  const outcomes: Upserted[] = [];
  const settle = (at: number, outcome: Upserted): void => {
    if (outcome.kind === "refused" && mode === "all") throw outcome.refusal;
    outcomes[at] = outcome;
  };
  const batch = new Batch(target, tx, author, settle);
  const given = batch.readIds(documents);
  for (let from = 0; from < given.length; from += CHUNK) await batch.write(given.slice(from, from + CHUNK));
  return outcomes;
}

class Batch {
  readonly #target: UpsertTarget;
  readonly #tx: Transaction;
  readonly #author: Author;
  readonly #settle: (at: number, outcome: Upserted) => void;

  constructor(
    target: UpsertTarget,
    tx: Transaction,
    author: Author,
    settle: (at: number, outcome: Upserted) => void,
  ) {
    this.#target = target;
    this.#tx = tx;
    this.#author = author;
    this.#settle = settle;
  }

  /** @returns sorted by id, as rows are locked */
  readIds(documents: readonly Document[]): readonly Given[] {
    const seen = new Set<string>();
    const given: Given[] = [];
    for (const [at, document] of documents.entries()) {
      const id = document.id === undefined ? randomUUID() : uuidOf(document.id);
      if (id === null) this.#refuse(at, String(document.id), badId(String(document.id)));
      else if (seen.has(id)) this.#refuse(at, id, duplicate(this.#target.table.name, "id", id));
      else given.push({ id, document: { ...document, id }, at });
      if (id !== null) seen.add(id);
    }
    return given.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Where a statement for many is refused its halves are tried, until what is refused is alone. */
  async write(chunk: readonly Given[]): Promise<void> {
    try {
      await this.#tx.attempt(() => this.#writeAtOnce(chunk));
    } catch (cause) {
      if (cause instanceof Refusal) throw cause; // "all": one was refused
      const [only, ...others] = chunk;
      if (only === undefined) return;
      const told = refusalOf(cause, this.#target.table, only.document);
      if (!(told instanceof Refusal)) throw told;
      if (others.length === 0) return this.#refuse(only.at, only.id, told);
      const middle = Math.ceil(chunk.length / 2);
      await this.write(chunk.slice(0, middle));
      await this.write(chunk.slice(middle));
    }
  }

  async #writeAtOnce(chunk: readonly Given[]): Promise<void> {
    const { statements } = this.#target;
    const lock = statements.lockMany(chunk.map(({ id }) => id));
    const rows = await this.#tx.rows<{ id: string; version: string | null }>(lock);
    const versions = new Map(rows.map(({ id, version }) => [id, version === null ? null : Number(version)]));
    const created = await this.#create(chunk.filter(({ id }) => !versions.has(id)));
    const updated = chunk.filter((given) => this.#isCurrent(given, versions.get(given.id)));
    if (updated.length > 0)
      await this.#tx.run(statements.updateMany(this.#json(updated), this.#author.userId));
    for (const { at, id } of created) this.#settle(at, { kind: "created", id });
    for (const { at, id } of updated) this.#settle(at, { kind: "updated", id });
  }

  /** @param stored undefined where there is no such document */
  #isCurrent({ id, document, at }: Given, stored: number | null | undefined): boolean {
    if (stored === undefined) return false;
    const given = versionOf(document);
    if (!this.#target.traits.isVersioned || stored === given) return true;
    this.#refuse(at, id, versionConflict(id, stored, given));
    return false;
  }

  async #create(given: readonly Given[]): Promise<readonly Given[]> {
    if (given.length === 0) return [];
    const statement = this.#target.statements.insertMany(this.#json(given), this.#author.userId);
    const rows = await this.#tx.rows<{ id: string }>(statement);
    const created = new Set(rows.map(({ id }) => id));
    // Somebody else has created it since the rows were locked.
    for (const { at, id } of given.filter((each) => !created.has(each.id))) {
      this.#refuse(at, id, duplicate(this.#target.table.name, "id", id));
    }
    return given.filter(({ id }) => created.has(id));
  }

  #json(given: readonly Given[]): string {
    const { shapes } = this.#target.table;
    return JSON.stringify(given.map(({ document }) => shapes.written(document)));
  }

  #refuse(at: number, id: string, refusal: Refusal): void {
    this.#settle(at, { kind: "refused", id, refusal });
  }
}
