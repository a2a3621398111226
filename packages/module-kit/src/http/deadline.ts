import { headerOf, type RequestHeaders } from "./caller.ts";
import { Refusal } from "./refusal.ts";

/** When nobody waits for the answer any more: milliseconds since 1970 by the platform's clock, as the gateway sends it and passes it on. */
export const DEADLINE_HEADER = "x-request-deadline";

/** @returns the earliest, where several came; null where nobody set one: what is no number is nobody's, as for the gateway */
export function deadlineOf(headers: RequestHeaders): number | null {
  const given = headerOf(headers, DEADLINE_HEADER)?.split(", ") ?? []; // so Node joins what came twice
  const known = given.filter((each) => /^\d{1,15}$/u.test(each));
  return known.length === 0 ? null : Math.min(...known.map(Number));
}

/** 504, as the gateway answers it: nothing was done.
 * @param byMs how long it is over, by this machine's clock: much of it means that this clock is wrong */
export function deadlinePassed(byMs: number): Refusal {
  const message = `The deadline of the request passed ${Math.ceil(byMs)} ms before it came, by the clock of the module: nothing was done`;
  return new Refusal(504, [{ message, code: "deadline" }]);
}
