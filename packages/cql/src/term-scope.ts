import type { TermClause } from "./query.ts";

/** One term and what is known of its field. */
export interface TermScope {
  readonly clause: TermClause;
  /** Whether the field may be searched beyond what its index serves. */
  readonly isDynamic: boolean;
}
