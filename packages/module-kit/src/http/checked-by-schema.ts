import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { propertiesOf } from "../definition/openapi.ts";
import type { ErrorEntry } from "./refusal.ts";

/** Says what is wrong with a value, at most ten things; nothing where it fits. */
export type Check = (value: unknown) => readonly ErrorEntry[];

const MOST_ERRORS = 10;

export function checkBy(schema: TSchema): Check {
  const validator = Compile(schema);
  return (value) => (validator.Check(value) ? [] : entriesOf(validator.Errors(value), value));
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

function entriesOf(errors: Iterable<SchemaError>, value: unknown): readonly ErrorEntry[] {
  const entries = new Map<string, ErrorEntry>();
  for (const error of errors) {
    if (error.keyword === "boolean" && error.message === "schema is false") continue; // follows "additionalProperties"
    for (const [path, message] of fieldsOf(error)) {
      // The first of a field is the one that says most.
      if (!entries.has(path)) entries.set(path, entryOf(path, message, error.keyword, value));
    }
    if (entries.size >= MOST_ERRORS) break;
  }
  return [...entries.values()];
}

/** The field that an error is about: what is missing or not known is named, not the object around it. */
function fieldsOf({ keyword, instancePath, params, message }: SchemaError): readonly [string, string][] {
  if (keyword === "required" && "requiredProperties" in params) {
    return namesIn(params.requiredProperties).map((name) => [`${instancePath}/${name}`, "must not be null"]);
  }
  if (keyword === "additionalProperties" && "additionalProperties" in params) {
    return namesIn(params.additionalProperties).map((name) => [`${instancePath}/${name}`, "is not known"]);
  }
  return [[instancePath, message]];
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

function entryOf(path: string, message: string, keyword: string, value: unknown): ErrorEntry {
  const field = dotted(path);
  return {
    message: field === "" ? `the value ${message}` : `${field} ${message}`,
    code: `schema-${keyword}`,
    parameters: [{ key: field, value: shown(valueAt(value, path)) }],
  };
}

/** `/metadata/items/0` as `metadata.items[0]`. */
function dotted(path: string): string {
  return segmentsOf(path).reduce((text, segment) => {
    if (/^\d+$/u.test(segment)) return `${text}[${segment}]`;
    return text === "" ? segment : `${text}.${segment}`;
  }, "");
}

function segmentsOf(path: string): readonly string[] {
  return path
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function valueAt(value: unknown, path: string): unknown {
  return segmentsOf(path).reduce<unknown>(
    (inner, segment) =>
      typeof inner === "object" && inner !== null
        ? (Object.getOwnPropertyDescriptor(inner, segment)?.value as unknown) // as: typed any
        : undefined,
    value,
  );
}

const LONGEST_SHOWN = 200;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

/** Values of a query or a path, which are text: numbers, booleans and lists are read as the schema has them. Text that is none stays text,
 * and the schema says so. What the schema does not name is left out. */
export function readTexts(schema: TSchema): (texts: Readonly<Record<string, unknown>>) => object {
  const properties = Object.entries(propertiesOf(schema));
  return (texts) => {
    const read: [string, unknown][] = [];
    for (const [name, property] of properties) {
      const text = Object.hasOwn(texts, name) ? texts[name] : property?.["default"];
      if (text !== undefined) read.push([name, readText(property, text)]);
    }
    return Object.fromEntries(read);
  };
}

function readText(schema: Readonly<Record<string, unknown>> | undefined, text: unknown): unknown {
  const type = schema?.["type"];
  if (type === "array") {
    const list: readonly unknown[] = Array.isArray(text) ? text : [text];
    const items = schema?.["items"] as Readonly<Record<string, unknown>> | undefined; // as: JSON Schema has a schema there
    return list.map((each) => readText(items, each));
  }
  if (typeof text !== "string") return text;
  if ((type === "integer" || type === "number") && NUMBER.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/u;
