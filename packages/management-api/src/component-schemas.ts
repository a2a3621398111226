import { assert } from "@octavo/result";
import type { TSchema } from "typebox";

/** JSON Schema as plain data. */
export type SchemaForm = Readonly<Record<string, unknown>>;

/** Where a schema with an $id lies in the document. */
export const componentPrefix = "#/components/schemas/";

/** A schema for use inside a document: a schema with an $id becomes a reference. */
export function schemaForm(schema: TSchema): SchemaForm {
  const id = idOf(schema);
  return id === null ? bodyOf(schema) : { $ref: componentPrefix + id };
}

/** All schemas with an $id that these use, themselves included, ordered by id. */
export function componentSchemas(schemas: readonly TSchema[]): ReadonlyMap<string, SchemaForm> {
  const found = new Map<string, SchemaForm>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const id = idOf(value);
    if (id !== null) {
      const body = bodyOf(value);
      const known = found.get(id);
      assert(
        known === undefined || JSON.stringify(known) === JSON.stringify(body),
        `one schema is named ${id}`,
      );
      found.set(id, body);
    }
    Object.values(value).forEach(visit);
  };
  schemas.forEach(visit);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bodyOf(schema: object): SchemaForm {
  const members = Object.entries(schema).filter(([key]) => key !== "$id");
  return Object.fromEntries(members.map(([key, member]) => [key, inner(member)]));
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== "object" || value === null) return value;
  const id = idOf(value);
  return id === null ? bodyOf(value) : { $ref: componentPrefix + id };
}

function idOf(schema: object): string | null {
  const id: unknown = Reflect.get(schema, "$id");
  return typeof id === "string" ? id : null;
}
