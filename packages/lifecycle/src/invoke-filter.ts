import { assert, err, ok, type Result } from "@octavo/result";
import type { InvokeFilter } from "./calls-of-step.ts";
import { linearPattern } from "./linear-pattern.ts";

const LONGEST_PATTERN = 256;

/** Which modules are called: "true", "false", or a regular expression over whole module ids.
 * @returns or a sentence that says what is wrong with the expression */
export function parseInvokeFilter(invoke: string): Result<InvokeFilter, string> {
  if (invoke === "true") return ok(() => true);
  if (invoke === "false") return ok(() => false);
  if (invoke.length > LONGEST_PATTERN) {
    return err(`it is longer than ${LONGEST_PATTERN} characters`);
  }
  return linearPattern(invoke);
}

/** The same for one that was checked when it came. */
export function invokeFilter(invoke: string): InvokeFilter {
  const parsed = parseInvokeFilter(invoke);
  assert(parsed.ok, "what a job invokes was checked when it was asked for");
  return parsed.value;
}
