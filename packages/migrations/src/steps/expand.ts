import type { Statement } from "@octavo/database";
import type { ExpandStep, IndexDefinition, IndexStep } from "./step.ts";

/** Adds tables, columns, functions, triggers, constraints that are not validated yet.
 *
 *     expand("loan has a due date", sql`alter table loan add column due_date timestamptz`)
 *
 * @throws Error where a statement has values: what adds takes none, and the text must be the same for every tenant */
export function expand(id: string, ...statements: readonly (Statement | string)[]): ExpandStep {
  return { kind: "expand", id, texts: statements.map((statement) => textOf(id, statement)) };
}

/** An index on a table that may have rows.
 *
 *     expandIndex("loans by user", { name: "loan_user", definition: "loan_user ON loan USING btree (user_id)" }) */
export function expandIndex(id: string, index: IndexDefinition): IndexStep {
  return { kind: "index", id, index };
}

/** A step for each: its id is the index's name, which changes when what it holds does. */
export function expandIndexes(indexes: readonly IndexDefinition[]): readonly IndexStep[] {
  return indexes.map((index) => expandIndex(`index ${index.name}`, index));
}

function textOf(id: string, statement: Statement | string): string {
  if (typeof statement === "string") return statement;
  if (statement.values.length > 0) {
    throw new Error(`expand "${id}": a statement that adds takes no values; write constants into its text`);
  }
  return statement.text;
}
