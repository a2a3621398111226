/** "syntax": no CQL; "unsupported": CQL that is not carried out here; "unknown-index": nothing of that name can be searched;
 * "bad-term": the term does not fit its index or relation; "too-large": beyond a bound. */
export interface CqlError {
  readonly kind: "syntax" | "unsupported" | "unknown-index" | "bad-term" | "too-large";
  /** One sentence, with what was found. */
  readonly message: string;
  /** Offset into the query, in UTF-16 code units. */
  readonly position: number;
}
