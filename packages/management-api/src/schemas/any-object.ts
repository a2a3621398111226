import type { JsonObject } from "@octavo/json";
import { Type } from "typebox";

/** An object whose members are nobody's business here. It stays as it was sent, so no digit and no key order is lost. */
export function anyObject(description: string) {
  return Type.Unsafe<JsonObject>({ type: "object", description });
}
