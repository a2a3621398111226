import type { Statement } from "@octavo/database";
import type { Check, VerifyStep } from "./step.ts";

/** Must hold before the tenant may move to this version. Each check may run again.
 *
 *     verify("every loan has a due date", noRows(sql`select id from loan where due_date is null`), notNull("loan", "due_date")) */
export function verify(id: string, ...checks: readonly Check[]): VerifyStep {
  return { kind: "verify", id, checks };
}

/** @param query selects what is wrong */
export function noRows(query: Statement): Check {
  return { kind: "no-rows", query };
}

/** @param left selects one number, as `right` does */
export function sameCount(left: Statement, right: Statement): Check {
  return { kind: "same-count", left, right };
}

/** Adds a constraint NOT VALID, which keeps nobody waiting, and validates it beside writers.
 * @param definition `CHECK (...)` or `FOREIGN KEY (...) REFERENCES ...` */
export function constraint(table: string, name: string, definition: string): Check {
  return { kind: "constraint", table, name, definition };
}

/** Makes a column NOT NULL without reading the table under a lock. The version before must fill it, too. */
export function notNull(table: string, column: string): Check {
  return { kind: "not-null", table, column };
}
