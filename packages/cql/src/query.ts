/** A CQL query, parsed. Positions are offsets into its text, in UTF-16 code units. */
export interface Query {
  readonly where: Clause;
  /** In the order of their weight; empty where nothing was asked for. */
  readonly sortBy: readonly SortKey[];
}

export type Clause = TermClause | BooleanClause;

/** One comparison: `title all "war peace"`. */
export interface TermClause {
  readonly kind: "term";
  /** `cql.serverChoice` where the query names none. */
  readonly index: string;
  readonly relation: Relation;
  /** With its escapes: `\*` is a star, `*` stands for any characters. */
  readonly term: string;
  /** Of the term. */
  readonly position: number;
}

/** Left before right; all four have the same precedence, as CQL has it. */
export interface BooleanClause {
  readonly kind: "boolean";
  readonly operator: BooleanOperator;
  readonly modifiers: readonly Modifier[];
  readonly left: Clause;
  readonly right: Clause;
  /** Of the operator. */
  readonly position: number;
}

export type BooleanOperator = "and" | "or" | "not" | "prox";

export interface Relation {
  readonly comparator: Comparator;
  readonly modifiers: readonly Modifier[];
  readonly position: number;
}

/** `exact` and `scr` are of CQL 1.1 and no relations of 1.2. */
export type Comparator = SymbolComparator | "adj" | "all" | "any" | "within" | "encloses";
export type SymbolComparator = "=" | "==" | "<>" | "<" | "<=" | ">" | ">=";

/** `/number`, `/@type=personal`. Names are in lower case, as they do not distinguish it. */
export interface Modifier {
  readonly name: string;
  /** Both null where the name stands alone. */
  readonly comparator: SymbolComparator | null;
  readonly value: string | null;
  readonly position: number;
}

export interface SortKey {
  readonly index: string;
  readonly modifiers: readonly Modifier[];
  readonly position: number;
}

/** The index of a term that names none. */
export const SERVER_CHOICE = "cql.serverChoice";
