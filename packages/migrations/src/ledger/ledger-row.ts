import type { Step } from "../steps/step.ts";

/** What a tenant's ledger says of one step. */
export interface LedgerRow {
  readonly stepId: string;
  readonly kind: Step["kind"];
  readonly checksum: string;
  /** "waiting": a contract, until it is asked for or its retention is over. */
  readonly state: "running" | "failed" | "done" | "waiting";
  /** How often it was begun. */
  readonly attempt: number;
  /** Of the release that began it. */
  readonly version: string;
  /** Number in the order in which steps were begun. */
  readonly position: number;
  /** The tenant has moved to the version of this step, or to one after it: it cannot be undone any more. */
  readonly isSettled: boolean;
  readonly progress: Progress;
  readonly problem: string | null;
}

/** How far a step is, and what it takes to undo it. */
export interface Progress {
  /** Rows looked at, and changed. */
  readonly rows?: number;
  readonly changed?: number;
  /** Time that its statements took, for predictions. */
  readonly ms?: number;
  /** Of a backfill: 1 goes over the table's pages; 2 over rows that old writers left behind it. */
  readonly pass?: number;
  /** The page that comes next, of how many, and how many hold a batch. */
  readonly page?: number;
  readonly pages?: number;
  readonly pagesOfBatch?: number;
  /** What came into the schema with it, in the order of removal. */
  readonly added?: readonly AddedObject[];
  /** Columns that it made NOT NULL. */
  readonly notNull?: readonly { readonly table: string; readonly column: string }[];
  /** Where the parts of a contract are. */
  readonly trashed?: readonly TrashedPart[];
  /** Of reference data: their table, and what was shipped by the version before. */
  readonly table?: string;
  readonly previous?: { readonly checksum: string; readonly version: string };
  /** What was not done as shipped. */
  readonly collisions?: readonly Collision[];
}

export interface AddedObject {
  readonly kind:
    | "trigger"
    | "view"
    | "constraint"
    | "index"
    | "column"
    | "table"
    | "function"
    | "sequence"
    | "type";
  /** Without a schema, quoted: `loan`, `"Odd table"`; a function's with its argument types; that of
   * an index step is not quoted. */
  readonly name: string;
  /** The table of a column, constraint or trigger. */
  readonly table?: string;
}

/** One part that a contract took out of use: how it comes back, and how it goes for good (null: nothing is left of it). */
export interface TrashedPart {
  readonly restore: readonly string[];
  readonly remove: string | null;
  /** Its retention is over. */
  readonly isRemoved?: boolean;
}

/** A shipped row that was not written. */
export interface Collision {
  readonly rowId: string;
  readonly because: "edited" | "removed" | "own-row" | "refused";
  /** For a person: which constraint, which row. */
  readonly message: string;
}
