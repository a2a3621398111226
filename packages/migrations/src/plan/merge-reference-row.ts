import type { Collision } from "../ledger/ledger-row.ts";

/** Three versions of a shipped row, as hashes. */
export interface RowFacts {
  /** What this version ships. */
  readonly shipped: string;
  /** What was shipped last; null: it comes for the first time. */
  readonly base: string | null;
  /** What the library has; null: no such row. */
  readonly present: string | null;
  readonly presentText: string | null;
}

export interface RowMerge {
  readonly write: "insert" | "update" | null;
  /** What is shipped becomes what was shipped last. */
  readonly isRemembered: boolean;
  readonly collision: Omit<Collision, "rowId"> | null;
}

/** What becomes of a shipped row: the library's word counts where it has spoken. */
export function mergeOf({ shipped, base, present }: Omit<RowFacts, "presentText">): RowMerge {
  if (present === shipped) return { write: null, isRemembered: true, collision: null };
  if (base === null) {
    if (present === null) return { write: "insert", isRemembered: true, collision: null };
    const message = "the library has a row of its own under this id; it stays";
    return { write: null, isRemembered: false, collision: { because: "own-row", message } };
  }
  if (present === base) return { write: "update", isRemembered: true, collision: null };
  if (base === shipped) return { write: null, isRemembered: true, collision: null };
  return present === null
    ? {
        write: null,
        isRemembered: true,
        collision: { because: "removed", message: "the library has removed this row; it stays away" },
      }
    : {
        write: null,
        isRemembered: true,
        collision: { because: "edited", message: "the library has edited this row; its own version stays" },
      };
}
