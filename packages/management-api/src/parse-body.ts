import { DECODE_PREFIX, isJsonArray, isJsonObject, JsonNumber, type JsonValue } from "@octavo/json";
import { assert, err, ok, type Result } from "@octavo/result";
import { Type, type Static, type TSchema } from "typebox";
import { Check, Errors } from "typebox/value";
import { pathInWords } from "./path-in-words.ts";

/** Checks a body against the schema of its operation.
 * In the value null is absent, as in Okapi; objects have no prototype, so no key of a caller means anything; what a schema
 * leaves free (`anyObject`) stays as it was sent.
 * @returns or one sentence that names the place: `Unrecognized field "x" at modules[0].x` */
export function parseBody<S extends TSchema>(schema: S, body: JsonValue): Result<Static<S>, string> {
  const value = plainBy(schema, body);
  return Check(schema, value) ? ok(value) : err(DECODE_PREFIX + firstFault(schema, value));
}

/** Follows schema and body together: the schema says which members are known and what is left as it is. */
function plainBy(schema: TSchema, body: JsonValue): unknown {
  if (body instanceof JsonNumber) return Number(body.text);
  if (isJsonArray(body)) return Type.IsArray(schema) ? body.map((item) => plainBy(schema.items, item)) : body;
  if (!isJsonObject(body) || !Type.IsObject(schema)) return body;
  // as: Object.create is typed any; without a prototype "__proto__" is a key like any other
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of body) {
    const known = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (known === undefined) plain[key] = member;
    else if (member !== null) plain[key] = plainBy(known, member);
  }
  return plain;
}

type Fault = ReturnType<typeof Errors>[number];

/** An unknown field is told first: a misspelt name explains most of the other faults. */
function firstFault(schema: TSchema, value: unknown): string {
  const faults = Errors(schema, value);
  const fault = faults.find(({ keyword }) => keyword === "additionalProperties") ?? faults[0];
  assert(fault !== undefined, "what does not check has a fault");
  return sentenceFor(fault, value);
}

function sentenceFor(fault: Fault, value: unknown): string {
  const { words, found } = pathInWords(fault.instancePath, value);
  const member = (name: string | undefined) =>
    `${JSON.stringify(name)} at ${pathInWords(`${fault.instancePath}/${escaped(name ?? "")}`, value).words}`;
  switch (fault.keyword) {
    case "additionalProperties":
      return `Unrecognized field ${member(fault.params.additionalProperties[0])}`;
    case "required":
      return `Missing field ${member(fault.params.requiredProperties[0])}`;
    case "type":
      return `${words} must be ${oneOf([fault.params.type].flat().map(withArticle))}, not ${kindOf(found)}`;
    case "enum":
      return `${words} must be ${oneOf(fault.params.allowedValues.map((each) => JSON.stringify(each)))}, not ${shown(found)}`;
    default:
      return `${words} ${fault.message}`;
  }
}

function oneOf(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join("") : `one of ${choices.join(", ")}`;
}

function withArticle(type: string): string {
  return /^[aeiou]/u.test(type) ? `an ${type}` : `a ${type}`;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof JsonNumber) return "a number";
  return withArticle(typeof value);
}

const longestShown = 80;

function shown(value: unknown): string {
  return typeof value === "string" && value.length <= longestShown ? JSON.stringify(value) : kindOf(value);
}

function escaped(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
