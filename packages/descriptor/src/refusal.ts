import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { placeText } from "./place.ts";
import type { Place } from "./place.ts";

/** Why a body is no descriptor. Thrown and caught inside this package only, so that a reader of one field need not speak
 * of all the ways its neighbours can fail: `refusalAsValue` makes it a value at the border. */
class Refusal extends Error {}

export function refuse(sentence: string): never {
  throw new Refusal(sentence);
}

/** With the place appended, as Okapi appends its reference chain; not for a property of the body itself, where the
 * sentence says enough. */
export function refuseAt(sentence: string, parent: Place | null, step: string | number): never {
  return refuse(
    parent === null && typeof step === "string"
      ? sentence
      : `${sentence} (at ${placeText({ parent, step })})`,
  );
}

export function refusalAsValue<T>(read: () => T): Result<T, string> {
  try {
    return ok(read());
  } catch (refusal) {
    if (refusal instanceof Refusal) return err(refusal.message);
    throw refusal;
  }
}
