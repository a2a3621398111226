import { compareCharacters, firstCharacters } from "./characters.ts";
import type { BoundQuery } from "./bind-query.ts";
import type { SortOrder } from "./bind-sort.ts";
import { ignoredBy } from "./bind-text.ts";
import { uuidAt } from "./evaluate.ts";
import { type Json, valueAt } from "./json-text.ts";
import { textOfField } from "./made-text.ts";
import { norm } from "./norm.ts";
import { KEY_CHARACTERS } from "./sql-functions.ts";

/** What a document is sorted by: one value for each key, then its id. It can be written into a cursor and read again. */
export interface SortPlace {
  /** Texts normalised, at most 600 characters; null where there is none. */
  readonly values: readonly (string | number | null)[];
  readonly id: string;
}

/** @returns null for a document without an id: nobody stored that */
export function sortPlace({ sortBy }: Pick<BoundQuery, "sortBy">, document: Json): SortPlace | null {
  const id = uuidAt(document, ["id"]);
  return id === null ? null : { values: sortBy.map((order) => sortValue(order, document)), id };
}

function sortValue({ field, isNumeric }: SortOrder, document: Json): string | number | null {
  if (field.kind === "uuid") return uuidAt(document, field.path);
  const value = valueAt(document, field.path);
  if (isNumeric) return typeof value === "number" ? value : null;
  if (field.kind === "boolean") return typeof value === "boolean" ? Number(value) : null;
  const text = textOfField(document, field);
  return text === null ? null : firstCharacters(norm(text, ignoredBy(field)), KEY_CHARACTERS);
}

/** The order of `orderBy` in SQL: missing values last, or first where descending; then the id, in the direction of the last key. */
export function comparePlaces(
  { sortBy }: Pick<BoundQuery, "sortBy">,
  one: SortPlace,
  other: SortPlace,
): number {
  for (const [at, { isDescending }] of sortBy.entries()) {
    const difference = compareValues(one.values[at] ?? null, other.values[at] ?? null);
    if (difference !== 0) return isDescending ? -difference : difference;
  }
  const difference = compareCharacters(one.id, other.id);
  return sortBy.at(-1)?.isDescending === true ? -difference : difference;
}

function compareValues(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === "number" && typeof other === "number") return one - other;
  return compareCharacters(String(one), String(other));
}
