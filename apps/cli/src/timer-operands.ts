import type { OperandSpecs } from "./command.ts";

/** Operands of every command about one timer. */
export const timerOperands = {
  tenant: { kind: "one", label: "TENANT", help: "id of a tenant" },
  timer: { kind: "one", label: "TIMER", help: "id of one of its timers" },
} as const satisfies OperandSpecs;

export function noSuchTimer(tenant: string, timer: string, invocation: string) {
  return {
    message: `there is no timer ${timer} of tenant ${tenant}`,
    remedy: `see: ${invocation} timer list ${tenant}`,
  };
}
