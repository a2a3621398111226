import { AnswerFailure } from "./upstream.ts";

/** Whether this end of a body is the module's fault. */
export function isModulesFault(failure: Error): boolean {
  return failure instanceof AnswerFailure && failure.kind !== "abandoned";
}
