import { printPretty, type JsonValue } from "@octavo/json";
import type { Reply } from "./handler.ts";

/** An answer in Okapi's form: JSON, pretty. */
export function json(status: number, value: JsonValue): Reply {
  return jsonText(status, printPretty(value));
}

/** JSON that is printed already. */
export function jsonText(status: number, body: string): Reply {
  return { status, contentType: "application/json", headers: [], body };
}

export function plainText(status: number, body: string): Reply {
  return { status, contentType: "text/plain", headers: [], body };
}

export const noContent: Reply = { status: 204, contentType: null, headers: [], body: "" };

/** 201 with the relative Location that Okapi gives: the path of the call, then one segment per id. */
export function created(path: string, ids: readonly string[], body: string): Reply {
  const location = [path, ...ids.map(pathSegment)].join("/");
  return { status: 201, contentType: "application/json", headers: ["Location", location], body };
}

/** As Java's URLEncoder, which Okapi uses ("+" becomes %2B), but a space is %20: Okapi writes "+", which its own routes do
 * not read back as a space. */
function pathSegment(id: string): string {
  return encodeURIComponent(id).replace(/[!'()~]/gu, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** An object of the fields that are there, in this order: Okapi leaves out null properties. */
export function presentFields(
  fields: readonly (readonly [string, JsonValue])[],
): ReadonlyMap<string, JsonValue> {
  return new Map(fields.filter(([, value]) => value !== null));
}
