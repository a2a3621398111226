import type { Sql, Statement } from "@octavo/database";

/** One change of a module's schema or data: a value, made by the constructors beside this file. Its id names it in the ledger of every
 * tenant for ever; what is done under it must not change after a tenant has it (its checksum says so), but for reference data. */
export type Step = ExpandStep | IndexStep | BackfillStep | VerifyStep | ReferenceDataStep | ContractStep;

/** Adds; nothing that the version before uses is changed. One transaction with its row of the ledger. */
export interface ExpandStep {
  readonly kind: "expand";
  readonly id: string;
  /** Each may hold several statements, without names of schemas and without values. */
  readonly texts: readonly string[];
}

/** An index on a table that may have rows: built concurrently, an INVALID one of an attempt before is built anew. */
export interface IndexStep {
  readonly kind: "index";
  readonly id: string;
  readonly index: IndexDefinition;
}

/** What `indexStatements` of `@octavo/cql` gives, or written by hand. */
export interface IndexDefinition {
  /** Its name, unquoted, at most 63 bytes. */
  readonly name: string;
  /** `name ON table USING ...`, without CREATE INDEX. */
  readonly definition: string;
  readonly isUnique?: boolean;
  /** An extension whose operators it uses, for the message where it is not there. */
  readonly extension?: string | null;
}

/** Changes rows of one table in small transactions. */
export interface BackfillStep {
  readonly kind: "backfill";
  readonly id: string;
  readonly table: string;
  /** A column with a unique index that is never changed. */
  readonly key: string;
  /** Which rows still need it: no row that was done may hold it, so that doing it twice does nothing. */
  readonly remaining: Sql;
  /** @param rows a condition on `table` that names the rows of this batch, `remaining` included */
  readonly each: (rows: Sql) => Sql;
}

/** Looks whether all is as the next version needs it. */
export interface VerifyStep {
  readonly kind: "verify";
  readonly id: string;
  readonly checks: readonly Check[];
}

export type Check =
  | { readonly kind: "no-rows"; readonly query: Statement }
  | { readonly kind: "same-count"; readonly left: Statement; readonly right: Statement }
  | {
      readonly kind: "constraint";
      readonly table: string;
      readonly name: string;
      readonly definition: string;
    }
  | { readonly kind: "not-null"; readonly table: string; readonly column: string };

/** Rows that the module ships and a library may edit. Its rows may differ with each version: those that nobody edited follow. */
export interface ReferenceDataStep {
  readonly kind: "referenceData";
  readonly id: string;
  /** A table `id uuid, jsonb jsonb`. */
  readonly table: string;
  readonly rows: readonly ReferenceRow[];
}

export interface ReferenceRow {
  readonly id: string;
  readonly [property: string]: unknown;
}

/** Takes out of use what no living version needs; never in a tenant's POST. Tables and columns go to the trash and come back from it. */
export interface ContractStep {
  readonly kind: "contract";
  readonly id: string;
  readonly parts: readonly ContractPart[];
}

export type ContractPart =
  | { readonly kind: "table"; readonly table: string }
  | { readonly kind: "column"; readonly table: string; readonly column: string }
  | { readonly kind: "index"; readonly index: string }
  | { readonly kind: "constraint"; readonly table: string; readonly constraint: string }
  | { readonly kind: "trigger"; readonly table: string; readonly trigger: string }
  | { readonly kind: "view"; readonly view: string }
  | { readonly kind: "function"; readonly function: string; readonly argumentTypes: readonly string[] };
