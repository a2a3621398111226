import { type ErrorEntry, Refusal, unavailable } from "../http/refusal.ts";
import type { CallError } from "./calls.ts";

/** What a client may be told of another module's answer; anything else is that module's own trouble. */
const PASSED_ON = [400, 401, 403, 404, 409, 422, 429] as const;

/** The answer for a client where a call was refused: the same, where it concerns what the client sent, else 503 that names who was asked.
 * @param who "users", as in "users cannot be asked" */
export function passedOn(error: CallError, who: string): Refusal {
  const status = error.kind === "refused" ? PASSED_ON.find((each) => each === error.status) : undefined;
  if (error.kind !== "refused" || status === undefined) return cannotBeAsked(error, who);
  const retryAfter = error.headers.get("retry-after");
  const headers = retryAfter === null ? {} : { "retry-after": retryAfter };
  return new Refusal(status, entriesOf(error.text) ?? [{ message: error.text, code: who }], headers);
}

/** 503, whatever was answered. */
export function cannotBeAsked(error: CallError, who: string): Refusal {
  const why = error.kind === "refused" ? `it answered ${error.status}` : error.kind;
  return unavailable(`${who} cannot be asked at this moment: ${why}`, 2, `${who}-unavailable`);
}

/** Whether nobody in the tenant provides the route: the gateway's answer, as Okapi has it. Its 404 for a provider that is not running differs. */
export function isAbsent(error: CallError): boolean {
  return (
    error.kind === "refused" &&
    error.status === 404 &&
    error.text.includes("No suitable module found for path")
  );
}

/** @returns null for a text that is not FOLIO's Errors JSON */
function entriesOf(text: string): readonly ErrorEntry[] | null {
  const body = jsonOf(text);
  if (body === null || typeof body !== "object" || !("errors" in body)) return null;
  const { errors } = body;
  return Array.isArray(errors) && errors.length > 0 && errors.every(isEntry) ? errors : null;
}

function isEntry(value: unknown): value is ErrorEntry {
  return (
    value !== null && typeof value === "object" && "message" in value && typeof value.message === "string"
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
