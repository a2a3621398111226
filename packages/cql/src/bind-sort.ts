import { err, ok, type Result } from "@octavo/result";
import type { CqlError } from "./cql-error.ts";
import type { Modifier, SortKey } from "./query.ts";
import type { IndexSpec, Table } from "./table-spec.ts";

export interface SortOrder {
  readonly field: IndexSpec;
  /** As a number where the field may hold other things, too. */
  readonly isNumeric: boolean;
  readonly isDescending: boolean;
}

interface BoundSort {
  readonly sortBy: readonly SortOrder[];
  readonly ignoredSortKeys: readonly string[];
}

const MAX_SORT_KEYS = 8;
const QUIET_MODIFIERS: ReadonlySet<string> = new Set([
  "sort.ascending",
  "sort.descending",
  "number",
  "string",
  "ignorecase",
  "respectcase",
  "ignoreaccents",
  "respectaccents",
]);

/** Keys of foreign tables sort nothing, as everything else that is not declared. */
export function bindSort(keys: readonly SortKey[], table: Table): Result<BoundSort, CqlError> {
  const sortBy: SortOrder[] = [];
  const ignoredSortKeys: string[] = [];
  for (const [at, { index, modifiers, position }] of keys.entries()) {
    if (at >= MAX_SORT_KEYS) {
      return err({
        kind: "too-large",
        message: `A query has at most ${MAX_SORT_KEYS} keys to sort by`,
        position,
      });
    }
    const unknown = modifiers.find(
      ({ name, comparator }) => !QUIET_MODIFIERS.has(name) || comparator !== null,
    );
    if (unknown !== undefined) {
      const message = `The modifier ${unknown.name} is not supported for sorting`;
      return err({ kind: "unsupported", message, position: unknown.position });
    }
    const field = table.indexes.get(index);
    if (field === undefined) ignoredSortKeys.push(index);
    else {
      const isNumeric = field.kind === "number" || (has(modifiers, "number") && field.kind !== "uuid");
      sortBy.push({ field, isNumeric, isDescending: has(modifiers, "sort.descending") });
    }
  }
  return ok({ sortBy, ignoredSortKeys });
}

function has(modifiers: readonly Modifier[], name: string): boolean {
  return modifiers.some((modifier) => modifier.name === name);
}
