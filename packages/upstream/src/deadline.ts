import { headerOf, headerPairs, headersOf } from "@octavo/http-wire";

/** When nobody waits for the answer any more: milliseconds since 1970 by the platform's clock, a decimal number. Absolute,
 * because modules send on the headers that they received: a time left would start anew at each hop. Of the client's and
 * the route's the earlier counts; the header is passed on to modules only where there is one. It ends the wait for an
 * answer's head; what streams has no total limit. */
export const DEADLINE_HEADER = "X-Request-Deadline";
const lowerName = DEADLINE_HEADER.toLowerCase();

/** @returns null where nobody set one; a header that is no number is nobody's */
export function deadlineOf(rawHeaders: readonly string[], routeDeadline: number | null): number | null {
  let deadline = routeDeadline;
  for (const value of headersOf(rawHeaders, lowerName)) {
    if (!/^\d{1,15}$/.test(value)) continue;
    const asked = Number(value);
    if (deadline === null || asked < deadline) deadline = asked;
  }
  return deadline;
}

/** The headers with this deadline and no other. */
export function withDeadline(rawHeaders: readonly string[], deadline: number | null): readonly string[] {
  if (deadline === null && headerOf(rawHeaders, lowerName) === null) return rawHeaders;
  const kept: string[] = [];
  for (const [name, value] of headerPairs(rawHeaders)) {
    if (name.toLowerCase() !== lowerName) kept.push(name, value);
  }
  if (deadline !== null) kept.push(DEADLINE_HEADER, String(Math.floor(deadline)));
  return kept;
}
