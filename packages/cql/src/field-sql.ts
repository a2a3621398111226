import type { Ignored } from "./norm.ts";
import { ignoredBy } from "./bind-text.ts";
import type { ArrayField, WordField } from "./condition.ts";
import { functionNames, KEY_CHARACTERS } from "./sql-functions.ts";
import type { MadeText } from "./made-text.ts";
import { quoteLiteral, quoteName } from "./sql-names.ts";

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

/** @see textOfField */
export function fieldTextSql(
  document: string,
  { path, made }: { readonly path: readonly string[]; readonly made?: MadeText },
): string {
  switch (made?.kind) {
    case undefined:
      return textAt(document, path);
    case "computed":
      return `${quoteName(made.functionName)}(${jsonAt(document, path)})`;
    case "joined": {
      // Not concat_ws: it is not immutable, and no index can be made of it.
      const parts = made.paths.map((each) => `coalesce(' ' || ${textAt(document, each)}, '')`);
      return `nullif(substr(${parts.join(" || ")}, 2), '')`;
    }
  }
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
  if (field.kind === "text") return `${functionNames.words}(${fieldTextSql(document, field)})`;
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
