import { err, type Err } from "@octavo/result";
import type { WriteError } from "@octavo/registry";
import type { Refusal } from "./handler.ts";

/** Refusals, one word each, so that a handler reads as a list of conditions. */

export function badRequest(message: string): Err<Refusal> {
  return err({ kind: "user", message });
}

/** Okapi usually says only which id was looked for. */
export function notFound(message: string): Err<Refusal> {
  return err({ kind: "not-found", message });
}

export function notImplemented(message: string): Err<Refusal> {
  return err({ kind: "not-implemented", message });
}

export function refusedWrite(error: WriteError): Refusal {
  switch (error.kind) {
    case "unavailable":
      return {
        kind: "unavailable",
        message:
          error.outcome === "unknown"
            ? "The connection to the database was lost while committing: the change may or may not be in. " +
              "Repeat the call with the same Idempotency-Key, or look before you repeat it."
            : error.isFull
              ? "The database's disk is full; nothing was changed. Make room there and try again."
              : "The database cannot be reached; nothing was changed. Try again later.",
        retryAfterSeconds: error.retryAfterSeconds,
      };
    case "idempotency-mismatch":
      return {
        kind: "conflict",
        message: `Idempotency-Key ${error.key} was used for a different call. Use a new key for a new call.`,
      };
    case "not-finalized":
      return {
        kind: "conflict",
        message: `Nothing was changed: ${error.cause}.`,
      };
    case "poison":
      return {
        kind: "internal",
        message: "The change was refused because no consistent state comes out of it; nothing was changed.",
      };
  }
}
