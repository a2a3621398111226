import { Refusal } from "@octavo/module-kit";

/** 404, in mod-inventory's words. */
export function noItem(): Refusal {
  return new Refusal(404, [{ message: "No item found", code: "not-found" }]);
}
