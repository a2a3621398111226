/** What the statements of one step have made so far: still empty, and nobody uses it. */
export interface Made {
  readonly tables: Set<string>;
  /** `table.column` */
  readonly columns: Set<string>;
}
