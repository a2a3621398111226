/** A statement that a step must not have. */
export interface LintProblem {
  readonly stepId: string;
  /** From 1, within the step's text. */
  readonly line: number;
  readonly column: number;
  /** The beginning of the statement. */
  readonly statement: string;
  /** What is wrong, and what to do instead. */
  readonly message: string;
}
