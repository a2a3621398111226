import type { Ignored } from "./norm.ts";
import { ignoredBy } from "./bind-text.ts";
import type { ArrayField, WordField } from "./condition.ts";
import { functionNames, KEY_CHARACTERS } from "./sql-functions.ts";
import { quoteLiteral } from "./sql-names.ts";

/** Expressions over a document. Queries and the definitions of indexes share them: only equal ones meet. */

export function documentOf(alias: string | null): string {
  return alias === null ? "jsonb" : `${alias}.jsonb`;
}

export function jsonAt(document: string, path: readonly string[]): string {
  return `(${document}${path.map((key) => ` -> ${quoteLiteral(key)}`).join("")})`;
}

export function textAt(document: string, path: readonly string[]): string {
  const keys = path.map((key, at) => ` ${at === path.length - 1 ? "->>" : "->"} ${quoteLiteral(key)}`);
  return `(${document}${keys.join("")})`;
}

export function foldedSql(text: string, ignored: Ignored): string {
  switch (ignored) {
    case "case and accents":
      return `${functionNames.norm}(${text})`;
    case "case":
      return `${functionNames.lower}(${text})`;
    case "accents":
      return `${functionNames.plain}(${text})`;
    case "nothing":
      return text;
  }
}

/** What a b-tree holds and what is sorted by. */
export function keySql(text: string, ignored: Ignored): string {
  return collated(`left(${foldedSql(text, ignored)}, ${KEY_CHARACTERS})`);
}

/** By code points, whatever the database's locale. */
export function collated(sql: string): string {
  return `(${sql} COLLATE "C")`;
}

export function wordsSql(document: string, field: WordField): string {
  if (field.kind === "text") return `${functionNames.words}(${textAt(document, field.path)})`;
  return `${functionNames.elementWords}(${jsonAt(document, field.path)}, ${propertySql(field)})`;
}

export function elementKeysSql(document: string, field: ArrayField): string {
  const ignored = quoteLiteral(ignoredBy(field));
  return `${functionNames.elementKeys}(${jsonAt(document, field.path)}, ${propertySql(field)}, ${ignored})`;
}

export function numberSql(document: string, path: readonly string[]): string {
  return `${functionNames.number}(${jsonAt(document, path)})`;
}

export function booleanSql(document: string, path: readonly string[]): string {
  return `${functionNames.boolean}(${jsonAt(document, path)})`;
}

function propertySql(field: ArrayField): string {
  return field.kind === "objects" ? quoteLiteral(field.property) : "NULL";
}
