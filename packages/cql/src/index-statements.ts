import { ignoredBy } from "./bind-text.ts";
import {
  booleanSql,
  collated,
  documentOf,
  fieldTextSql,
  elementKeysSql,
  foldedSql,
  keySql,
  numberSql,
  textAt,
  wordsSql,
} from "./field-sql.ts";
import { type Ignored, NORM_VERSION } from "./norm.ts";
import { quoteName } from "./sql-names.ts";
import type { IndexSpec, TableSpec, TextIndex } from "./table-spec.ts";

export interface IndexStatement {
  /** Stable: it changes when what the index holds changes. At most 63 bytes. */
  readonly name: string;
  /** Without CREATE INDEX [CONCURRENTLY]: `name ON table USING ...`, for whoever runs it to say how. */
  readonly definition: string;
  /** "pg_trgm" where it needs that extension. */
  readonly extension: "pg_trgm" | null;
}

/** The indexes that make the declared searches fast: b-trees of (key, id), which serve equality, prefixes, order and pages; GIN for
 * words, elements and parts. The primary key serves the id. */
export function indexStatements(table: TableSpec): readonly IndexStatement[] {
  return table.indexes.flatMap((field) =>
    accessPaths(field).map(({ suffix, using, extension }) => {
      const name = indexName(`${table.name}_${field.name}_${madeOf(field)}${suffix}`);
      const definition = `${quoteName(name)} ON ${quoteName(table.name)} USING ${using}`;
      return { name, definition, extension: extension ?? null };
    }),
  );
}

/** The functions that indexes of computed texts need, before these are made: each by its name, once. */
export function computedFunctions(tables: readonly TableSpec[]): ReadonlyMap<string, string> {
  const made = tables.flatMap(({ indexes }) =>
    indexes.flatMap((index) => (index.kind === "text" && index.made?.kind === "computed" ? index.made : [])),
  );
  return new Map(
    made.map(({ functionName, functionBody }) => [
      functionName,
      `CREATE FUNCTION ${quoteName(functionName)}(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ${functionBody}`,
    ]),
  );
}

/** A field of a unique index: as queries call it (`status.name`), or a declared index whose text is made. */
export type UniqueField = string | TextIndex;

/** The index by which values of these fields together are there once; it is to be made as UNIQUE. A document that lacks one of them
 * is not compared. Whole values are compared: PostgreSQL refuses those that no entry has room for (SQLSTATE 54000).
 * @param fields a text that is made of fields is lacking where it is made of nothing
 * @param absentIsEqual what lacks a field is compared too: with what lacks it as well
 * @param whereTrue a field: only documents in which it is true are compared */
export function uniqueStatement(
  table: string,
  fields: readonly UniqueField[],
  ignored: Ignored = "case and accents",
  absentIsEqual = false,
  whereTrue: string | null = null,
): IndexStatement {
  const kind = `${absentIsEqual ? "only" : "unique"}${whereTrue === null ? "" : `_where_${whereTrue}`}`;
  const name = indexName(
    `${table}_${fields.map(uniqueName).join("_")}_${kind}${ignored === "nothing" ? "" : `_v${NORM_VERSION}`}`,
  );
  const columns = fields.map((field) => {
    const text = typeof field === "string" ? { path: field.split(".") } : field;
    return collated(foldedSql(fieldTextSql(documentOf(null), text), ignored));
  });
  const nulls = absentIsEqual ? " NULLS NOT DISTINCT" : "";
  const where = whereTrue === null ? "" : ` WHERE ${booleanSql(documentOf(null), whereTrue.split("."))}`;
  const definition = `${quoteName(name)} ON ${quoteName(table)} USING btree (${columns.join(", ")})${nulls}${where}`;
  return { name, definition, extension: null };
}

function uniqueName(field: UniqueField): string {
  return typeof field === "string" ? field : `${field.name}_${madeOf(field)}`;
}

interface AccessPath {
  readonly suffix: string;
  readonly using: string;
  readonly extension?: "pg_trgm";
}

function accessPaths(field: IndexSpec): readonly AccessPath[] {
  const document = documentOf(null);
  switch (field.kind) {
    case "uuid":
      return field.name === "id" ? [] : [{ suffix: "key", using: `btree (${quoteName(field.column)})` }];
    case "date":
      return [
        {
          suffix: `key_v${NORM_VERSION}`,
          using: `btree (${keySql(textAt(document, field.path), "nothing")}, id)`,
        },
      ];
    case "number":
      return [{ suffix: "number", using: `btree (${numberSql(document, field.path)}, id)` }];
    case "boolean":
      return [{ suffix: "boolean", using: `btree (${booleanSql(document, field.path)}, id)` }];
    case "text":
      return field.match.map((match): AccessPath => {
        const text = fieldTextSql(document, field);
        const ignored = ignoredBy(field);
        switch (match) {
          case "exact":
            return { suffix: `key_v${NORM_VERSION}`, using: `btree (${keySql(text, ignored)}, id)` };
          case "words":
            return { suffix: `words_v${NORM_VERSION}`, using: `gin (${wordsSql(document, field)})` };
          case "substring": {
            const using = `gin (${collated(foldedSql(text, ignored))} gin_trgm_ops)`;
            return { suffix: `parts_v${NORM_VERSION}`, using, extension: "pg_trgm" };
          }
        }
      });
    case "texts":
    case "objects":
      return field.match.map((match) => ({
        suffix: `${match === "exact" ? "elements" : "words"}_v${NORM_VERSION}`,
        using: `gin (${match === "exact" ? elementKeysSql(document, field) : wordsSql(document, field)})`,
      }));
  }
}

/** What tells an index from one of the same name that is made of something else. */
function madeOf(field: IndexSpec): string {
  const made = field.kind === "text" ? field.made : undefined;
  if (made === undefined) return "";
  return made.kind === "computed" ? `${made.functionName}_` : `${fingerprint(JSON.stringify(made.paths))}_`;
}

/** PostgreSQL cuts names behind 63 bytes, and two could become one: longer ones end with a number made of all of them. */
function indexName(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^a-z\d]+/gu, "_");
  if (plain.length <= 63 && plain === text) return plain;
  return `${plain.slice(0, 54)}_${fingerprint(text)}`;
}

/** FNV-1a, 32 bits. */
function fingerprint(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
