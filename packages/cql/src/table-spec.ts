import { assert } from "@octavo/result";
import type { MadeText } from "./made-text.ts";
import type { Ignored } from "./norm.ts";

/** What can be searched of one table of documents (`id uuid`, `jsonb jsonb`), as a module declares it. Names and paths are the
 * module author's, never a user's. */
export interface TableSpec {
  /** In SQL. */
  readonly name: string;
  readonly indexes: readonly IndexSpec[];
  /** Indexes of a term that names none; all are asked, one that matches suffices. */
  readonly serverChoice?: readonly string[];
  /** Names that may be searched by reading the table: declared ones beyond what their index serves, others as text. */
  readonly dynamic?: readonly string[];
  readonly foreign?: readonly ForeignSpec[];
}

export type IndexSpec =
  | UuidIndex
  | TextIndex
  | DateIndex
  | NumberIndex
  | BooleanIndex
  | TextsIndex
  | ObjectsIndex;

interface Field {
  /** As queries call it. */
  readonly name: string;
  /** Keys from the document's root: `["status", "name"]`. */
  readonly path: readonly string[];
}

/** The id or a foreign key: a column of type uuid beside the document. */
export interface UuidIndex extends Field {
  readonly kind: "uuid";
  readonly column: string;
}

export interface TextIndex extends Field {
  readonly kind: "text";
  readonly match: readonly TextMatch[];
  /** "case and accents" unless told. Words always ignore both. */
  readonly ignores?: Ignored;
  /** Where it is not the text under `path`. */
  readonly made?: MadeText;
}

/** "exact": `==`, `abc*`, `<` and sorting; "substring": any wildcards (needs pg_trgm); "words": `=`, `adj`, `all`, `any`. */
export type TextMatch = "exact" | "substring" | "words";

/** Date and time as ISO text, compared as text. */
export interface DateIndex extends Field {
  readonly kind: "date";
}

export interface NumberIndex extends Field {
  readonly kind: "number";
}

export interface BooleanIndex extends Field {
  readonly kind: "boolean";
}

/** An array of texts. */
export interface TextsIndex extends Field {
  readonly kind: "texts";
  readonly match: readonly ("exact" | "words")[];
  readonly ignores?: Ignored;
}

/** An array of objects, searched in one property of them, or in those that a relation modifier names: `=/@type=x`. */
export interface ObjectsIndex extends Field {
  readonly kind: "objects";
  readonly property: string;
  readonly modifiers: readonly string[];
  readonly match: readonly ("exact" | "words")[];
  readonly ignores?: Ignored;
}

/** Another table whose fields are searched as `alias.field`, some steps of foreign keys away. */
export interface ForeignSpec {
  readonly alias: string;
  readonly steps: readonly ForeignStep[];
}

/** "parent": `key` is ours and names a row of `table`; "children": `key` is theirs and names ours. A key is the name of a
 * uuid index. */
export interface ForeignStep {
  readonly to: "parent" | "children";
  readonly table: string;
  readonly key: string;
}

/** Tables that are declared together, checked once. */
export type Tables = ReadonlyMap<string, Table>;

export interface Table {
  readonly spec: TableSpec;
  readonly indexes: ReadonlyMap<string, IndexSpec>;
  /** Names that may be searched without an index. */
  readonly dynamic: ReadonlySet<string>;
  readonly foreign: ReadonlyMap<string, ForeignSpec>;
}

/** @throws Error where a declaration names what is not there: a mistake of the module's author */
export function defineTables(specs: readonly TableSpec[]): Tables {
  const tables = new Map(specs.map((spec) => [spec.name, tableOf(spec)]));
  for (const { spec, indexes, foreign } of tables.values()) {
    for (const name of spec.serverChoice ?? []) {
      assert(indexes.has(name), `the server choice index ${name} of ${spec.name} is declared`);
    }
    for (const { alias, steps } of foreign.values()) {
      assert(steps.length > 0, `the foreign table ${alias} of ${spec.name} is some steps away`);
      let here = spec.name;
      for (const step of steps) {
        assert(tables.has(step.table), `the table ${step.table} of ${alias} is declared`);
        uuidIndex(tables, step.to === "parent" ? here : step.table, step.key);
        here = step.table;
      }
    }
  }
  return tables;
}

function tableOf(spec: TableSpec): Table {
  const dynamic = spec.dynamic ?? [];
  const declared = new Map(spec.indexes.map((index) => [index.name, index]));
  assert(declared.size === spec.indexes.length, `the indexes of ${spec.name} have different names`);
  const id = declared.get("id");
  assert(id?.kind === "uuid", `${spec.name} declares its id`);
  const others = dynamic
    .filter((name) => !declared.has(name))
    .map((name): [string, IndexSpec] => [name, { kind: "text", name, path: name.split("."), match: [] }]);
  return {
    spec,
    indexes: new Map([...declared, ...others]),
    dynamic: new Set(dynamic),
    foreign: new Map((spec.foreign ?? []).map((foreign) => [foreign.alias, foreign])),
  };
}

export function tableNamed(tables: Tables, name: string): Table {
  const table = tables.get(name);
  assert(table !== undefined, `the table ${name} is declared`);
  return table;
}

/** A key or id by the name that queries have for it. */
export function uuidIndex(tables: Tables, table: string, name: string): UuidIndex {
  const index = tableNamed(tables, table).indexes.get(name);
  assert(index?.kind === "uuid", `${name} of ${table} is a uuid`);
  return index;
}
