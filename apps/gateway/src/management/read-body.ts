import { DECODE_PREFIX, hasNul, parseJson, type JsonValue } from "@octavo/json";
import { err, type Result } from "@octavo/result";
import type { Call, Refusal } from "./handler.ts";
import { badRequest } from "./refusals.ts";

/** Reads the JSON body of a call and hands it to `parse`, which says in a sentence what is wrong with it. */
export function readBody<T>(call: Call, parse: (body: JsonValue) => Result<T, string>): Result<T, Refusal> {
  const json = parseJson(call.body);
  if (!json.ok) return badRequest(json.error.message);
  if (hasNul(json.value)) {
    return badRequest(`${DECODE_PREFIX}A text holds the character U+0000, which cannot be stored`);
  }
  const body = parse(json.value);
  return body.ok ? body : err({ kind: "user", message: body.error });
}
