import {
  defineTables,
  type ForeignSpec,
  type Ignored,
  type IndexSpec,
  type IndexStatement,
  type Tables,
  type TableSpec,
  type TextIndex,
  uniqueStatement,
} from "@octavo/cql";
import { name } from "@octavo/database";
import { assert } from "@octavo/result";
import { pathOf } from "./document.ts";
import { Shapes, type Upcast } from "./shapes.ts";

/** Fields whose values together may be there once. The name of a `searchable.joined` or `searchable.computed` stands for the text that is made. */
export interface Unique {
  readonly fields: readonly string[];
  /** In which two values may differ and yet be the same: "case and accents" unless told. */
  readonly ignores?: Ignored;
  /** Two documents that both lack a field are alike in it. Without it what lacks a field is never refused. */
  readonly absentIsEqual?: boolean;
  /** A field: only documents in which it is true are compared, `whereTrue: "enabled"`. */
  readonly whereTrue?: string;
}

/** A field that holds the id of a document of another collection, or of this one. It is a column made of the document, with a foreign
 * key; only a new table can have one (DECISIONS 24). */
export interface Reference {
  readonly field: string;
  readonly to: string;
}

/** What a collection says of its table. */
export interface TableInput {
  /** Besides the id and the references, which can always be searched. */
  readonly indexes?: readonly IndexSpec[];
  readonly unique?: readonly Unique[];
  readonly references?: readonly Reference[];
  /** Indexes of a term that names none. */
  readonly serverChoice?: readonly string[];
  /** How documents that an earlier version of the module wrote are read: the first makes shape 2 of shape 1, and so on. */
  readonly shapes?: readonly Upcast[];
  /** Fields that may be searched by reading the whole table. */
  readonly dynamic?: readonly string[];
  /** Other collections whose fields are searched from here; `related` gives these. */
  readonly foreign?: readonly ForeignSpec[];
  /** Collections that `foreign` leads over; a function, since they may lead back here. */
  readonly related?: () => readonly { readonly table: Table }[];
}

/** A table of documents: how it is searched, what its constraints are called and mean. */
export interface Table {
  readonly name: string;
  readonly spec: TableSpec;
  readonly shapes: Shapes;
  /** By the names of their indexes. */
  readonly unique: ReadonlyMap<string, Unique>;
  /** By the names of their constraints. */
  readonly references: ReadonlyMap<string, ReferenceColumn>;
  /** Known when all collections are stated. */
  readonly tables: () => Tables;
}

interface ReferenceColumn extends Reference {
  readonly column: string;
}

/** @throws Error where a name cannot be one of a table */
export function tableOf(tableName: string, input: TableInput): Table {
  assert(
    /^(?!octavo_)[a-z][a-z\d_]{0,39}$/u.test(tableName),
    `${tableName} is a table's name: small letters, digits and _, at most 40, not beginning with octavo_`,
  );
  const references = (input.references ?? []).map((each): ReferenceColumn => ({
    ...each,
    column: columnOf(each.field),
  }));
  const spec: TableSpec = {
    name: tableName,
    indexes: [
      { kind: "uuid", name: "id", path: ["id"], column: "id" },
      ...references.map(({ field, column }): IndexSpec => ({
        kind: "uuid",
        name: field,
        path: pathOf(field),
        column,
      })),
      ...(input.indexes ?? []),
    ],
    serverChoice: input.serverChoice ?? [],
    dynamic: input.dynamic ?? [],
    foreign: input.foreign ?? [],
  };
  let tables: Tables | null = null;
  return {
    name: tableName,
    spec,
    shapes: new Shapes(input.shapes ?? []),
    unique: new Map((input.unique ?? []).map((each) => [uniqueIndex(spec, each).name, each])),
    references: new Map(references.map((each) => [`${tableName}_${each.column}_fkey`, each])),
    tables: () => {
      const others = (input.related?.() ?? []).map(({ table }) => table.spec);
      tables ??= defineTables([spec, ...others.filter((other) => other.name !== tableName)]);
      return tables;
    },
  };
}

/** CREATE TABLE, for an empty schema. Only the references are in it, so that an index that is declared later is a step of its own. */
export function createTable({ name: tableName, references }: Table): string {
  const columns = [...references].map(([constraint, { field, to, column }]) => {
    const value = `(jsonb #>> '{${pathOf(field).join(",")}}')::uuid`;
    return `${name(column).quoted} uuid generated always as (${value}) stored constraint ${name(constraint).quoted} references ${name(to).quoted} (id)`;
  });
  const all = ["id uuid primary key", "jsonb jsonb not null", ...columns];
  return `create table ${name(tableName).quoted} (${all.join(", ")})`;
}

/** As RMB names it, since reporting tools read it: the field in small letters. */
function columnOf(field: string): string {
  assert(/^[A-Za-z_][\w.]{0,39}$/u.test(field), `${field} is a field that can be a column`);
  return field.toLowerCase().replaceAll(".", "_");
}

export function uniqueIndex(
  spec: TableSpec,
  { fields, ignores, absentIsEqual, whereTrue }: Unique,
): IndexStatement {
  const made = fields.map((field) => madeText(spec, field) ?? field);
  return uniqueStatement(spec.name, made, ignores, absentIsEqual, whereTrue);
}

/** The declared text of this name that stands nowhere in a document; null where it is a field of it. */
export function madeText({ indexes }: TableSpec, field: string): TextIndex | null {
  const index = indexes.find(({ name }) => name === field);
  return index?.kind === "text" && index.made !== undefined ? index : null;
}
