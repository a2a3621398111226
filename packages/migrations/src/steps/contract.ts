import type { ContractPart, ContractStep } from "./step.ts";

/** Takes out of use what only versions before used; runs when an operator asks, or after the retention.
 *
 *     contract("loan status moved to loan_status", dropColumn("loan", "status")) */
export function contract(id: string, ...parts: readonly ContractPart[]): ContractStep {
  return { kind: "contract", id, parts };
}

/** Moved to the schema of the trash with its rows, indexes and triggers. */
export function dropTable(table: string): ContractPart {
  return { kind: "table", table };
}

/** Renamed and made nullable first; its values go after the retention of the trash. */
export function dropColumn(table: string, column: string): ContractPart {
  return { kind: "column", table, column };
}

export function dropIndex(index: string): ContractPart {
  return { kind: "index", index };
}

export function dropConstraint(table: string, constraint: string): ContractPart {
  return { kind: "constraint", table, constraint };
}

export function dropTrigger(table: string, trigger: string): ContractPart {
  return { kind: "trigger", table, trigger };
}

export function dropView(view: string): ContractPart {
  return { kind: "view", view };
}

export function dropFunction(name: string, ...argumentTypes: readonly string[]): ContractPart {
  return { kind: "function", function: name, argumentTypes };
}
