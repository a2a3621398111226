import { componentPrefix, type SchemaForm } from "@octavo/management-api";

/** TypeScript from JSON Schema, for the schemas that the management API uses: objects, arrays, scalars, enums, choices
 * and references. Anything else is refused, so that no type is ever wider than it looks. */

/** The declaration of a named schema. */
export function declaration(name: string, schema: SchemaForm): string {
  const members = membersOf(schema);
  const body =
    members === null
      ? `export type ${name} = ${typeText(schema, "")};`
      : `export interface ${name} ${members}`;
  return `${docText(schema["description"], "")}${body}\n`;
}

/** The type of a schema inside a declaration.
 * @param indent of the line that it begins on */
export function typeText(schema: SchemaForm, indent: string): string {
  const reference = schema["$ref"];
  if (typeof reference === "string") return reference.slice(componentPrefix.length);
  const choices = schema["enum"];
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const alternatives = schema["anyOf"];
  if (Array.isArray(alternatives))
    return alternatives.map((each) => typeText(asForm(each), indent)).join(" | ");
  switch (schema["type"]) {
    case "string":
    case "boolean":
      return schema["type"];
    case "integer":
    case "number":
      return "number";
    case "array":
      return arrayText(typeText(asForm(schema["items"]), indent));
    case "object":
      return membersOf(schema, indent) ?? "{ readonly [name: string]: unknown }";
    default:
      throw new Error(`no TypeScript for ${JSON.stringify(schema)}`);
  }
}

function arrayText(item: string): string {
  return item.includes(" | ") ? `readonly (${item})[]` : `readonly ${item}[]`;
}

/** null where the schema says nothing about members. */
function membersOf(schema: SchemaForm, indent = ""): string | null {
  const properties = schema["properties"];
  if (properties === undefined) return null;
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const inside = `${indent}  `;
  const lines = Object.entries(asForm(properties)).map(([name, member]) => {
    const form = asForm(member);
    const mark = required.includes(name) ? "" : "?";
    return `${docText(form["description"], inside)}${inside}readonly ${name}${mark}: ${typeText(form, inside)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

/** A docstring on lines of its own, or nothing. */
export function docText(description: unknown, indent: string): string {
  return typeof description === "string" ? `${indent}/** ${description.replaceAll("*/", "*\\/")} */\n` : "";
}

function asForm(value: unknown): SchemaForm {
  if (typeof value !== "object" || value === null) throw new Error(`not a schema: ${JSON.stringify(value)}`);
  return value as SchemaForm; // as: an object from a schema, whose keys are read one by one as unknown
}
