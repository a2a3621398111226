import { randomUUID } from "node:crypto";
import type { ReadTransaction, Statement, Transaction } from "@octavo/database";
import type { TSchema } from "typebox";
import { notFound } from "../http/refusal.ts";
import { type Author, type Document, type Stored, uuidOf, versionOf } from "./document.ts";
import { type CollectionTraits, DocumentStatements } from "./document-statements.ts";
import {
  explain,
  type Page,
  page,
  type Place,
  type QueryPlan,
  type Search,
  search,
  type SearchResult,
  searchTexts,
  type TextSearch,
} from "./search.ts";
import { idInDetail, refusalOf } from "./refused-write.ts";
import { badId, versionConflict } from "./refusals.ts";
import type { StoredFields } from "./shapes.ts";
import type { Table } from "./table.ts";
import { type Upserted, upsert, type UpsertMode } from "./upsert.ts";

/** Documents of one kind. Every function is given a transaction, so that what it does and what the module does besides are written
 * together or not at all.
 * @throws Refusal (400, 404, 409, 422) that a handler may let go to the client; the transaction is over then, but within `attempt` */
export class DocumentCollection<T extends Document> {
  readonly table: Table;
  /** Of a document as clients see it. */
  readonly schema: TSchema;
  readonly traits: CollectionTraits;
  readonly #statements: DocumentStatements;

  constructor(table: Table, schema: TSchema, traits: CollectionTraits) {
    this.table = table;
    this.schema = schema;
    this.traits = traits;
    this.#statements = new DocumentStatements(table.name, traits);
  }

  /** Keeps a new document; the id is made where it brings none.
   * @returns as it was stored */
  async create(tx: Transaction, document: T, { userId }: Author): Promise<Stored<T>> {
    const id = document.id === undefined ? randomUUID() : requiredId(document.id);
    const written: Stored<T> = { ...document, id };
    const statement = this.#statements.insert(id, this.#text(written), userId);
    const row = await this.#written(tx, written, statement);
    return { ...written, ...row?.stored } as Stored<T>; // as: the kit adds what `Document` names, nothing else
  }

  /** @returns null where there is none */
  async find(tx: ReadTransaction, id: string): Promise<Stored<T> | null> {
    const row = await tx.row<{ document: string }>(this.#statements.select(requiredId(id)));
    if (row === null) return null;
    const stored = JSON.parse(row.document) as StoredFields; // a document is an object
    return this.table.shapes.read(stored) as object as Stored<T>; // as: nothing is stored but what a schema let in
  }

  /** @throws Refusal 404 */
  async get(tx: ReadTransaction, id: string): Promise<Stored<T>> {
    return (await this.find(tx, id)) ?? this.#notFound(id);
  }

  /** Puts another document in the place of the one with this id; the path's id wins over the document's.
   * @throws Refusal 404 where there is none; 409 where its `_version` is not the one of `document` */
  async replace(tx: Transaction, id: string, document: T, { userId }: Author): Promise<Stored<T>> {
    const key = requiredId(id);
    const written: Stored<T> = { ...document, id: key };
    const given = versionOf(document);
    const statement = this.#statements.update(key, this.#text(written), userId, given);
    const row = await this.#written(tx, written, statement);
    if (row !== null) return { ...written, ...row.stored };
    const there = await tx.row<{ version: string | null }>(this.#statements.selectVersion(key));
    if (there === null) return this.#notFound(id);
    throw versionConflict(key, there.version === null ? null : Number(there.version), given);
  }

  /** @throws Refusal 404 where there is none; 400 where another document refers to it */
  async delete(tx: Transaction, id: string): Promise<void> {
    const key = requiredId(id);
    const deleted = await this.#explained(tx.run(this.#statements.remove(key)), { id: key });
    if (deleted === 0) this.#notFound(id);
  }

  /** Deletes those of them that are there, in one statement.
   * @returns how many
   * @throws Refusal 400 where another document refers to one of them: then none is deleted */
  deleteMany(tx: Transaction, ids: readonly string[]): Promise<number> {
    return this.#deleted(tx.run(this.#statements.removeMany(ids.map(requiredId))));
  }

  /** Deletes every document.
   * @throws Refusal 400 where another document refers to one of them: then none is deleted */
  deleteAll(tx: Transaction): Promise<number> {
    return this.#deleted(tx.run(this.#statements.removeAll()));
  }

  /** Documents that a query finds, as many as a page has, and how many there are in all. */
  search(tx: ReadTransaction, wanted: Search): Promise<SearchResult<Stored<T>>> {
    return search(this.table, tx, wanted);
  }

  /** The same as texts that come as they are read: holds some rows at a time, however many there are. */
  searchTexts(tx: ReadTransaction, wanted: Search): TextSearch {
    return searchTexts(this.table, tx, wanted);
  }

  /** The documents behind a place in the query's order: however far down, it costs the same, and no row comes twice or is left out
   * because others are written or deleted meanwhile.
   * @param after `next` of the page before; null: from the beginning */
  page(tx: ReadTransaction, query: string, after: Place | null, limit: number): Promise<Page<Stored<T>>> {
    return page(this.table, tx, query, after, limit);
  }

  /** How PostgreSQL reads a page, carried out and counted: what EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) gives, for authors who ask which
   * index serves a query. */
  explain(tx: ReadTransaction, wanted: Search): Promise<QueryPlan> {
    return explain(this.table, tx, wanted);
  }

  /** Creates those that are not there and replaces the others, in chunks sorted by id, so that two batches never wait for each other in a
   * circle.
   * @param mode "all": the first refusal is thrown; "each": what is refused is told beside it, the rest is written
   * @returns what became of each, in the order of `documents` */
  upsert(
    tx: Transaction,
    documents: readonly T[],
    author: Author,
    mode: UpsertMode,
  ): Promise<readonly Upserted[]> {
    const { table, traits } = this;
    return upsert({ table, traits, statements: this.#statements }, tx, documents, author, mode);
  }

  async #deleted(done: Promise<number>): Promise<number> {
    try {
      return await done;
    } catch (cause) {
      throw refusalOf(cause, this.table, { id: idInDetail(cause) });
    }
  }

  #text(document: object): string {
    return JSON.stringify(this.table.shapes.written(document));
  }

  #notFound(id: string): never {
    throw notFound(this.table.name, id);
  }

  #written(
    tx: Transaction,
    document: Stored<T>,
    statement: Statement,
  ): Promise<{ readonly stored: Partial<T> } | null> {
    return this.#explained(tx.row<{ stored: Partial<T> }>(statement), document);
  }

  async #explained<R>(done: Promise<R>, document: object): Promise<R> {
    try {
      return await done;
    } catch (cause) {
      throw refusalOf(cause, this.table, document);
    }
  }
}

function requiredId(id: string): string {
  const read = uuidOf(id);
  if (read === null) throw badId(id);
  return read;
}
