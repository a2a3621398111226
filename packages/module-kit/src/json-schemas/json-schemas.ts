import { type TSchema, Type } from "typebox";
import { bytes } from "../definition/answer.ts";
import { defineInterface, type InterfaceDefinition } from "../definition/interface.ts";
import { route } from "../definition/route.ts";

/** The interface `_jsonSchemas` 1.0 that modules of FOLIO's RMB provide: clients make forms and mappings of the schemas of records. Each
 * is whole, so none refers to another.
 *
 *     jsonSchemas({ "tag.json": Tag })
 *
 * @param schemas by the names of files that clients ask for */
export function jsonSchemas(schemas: Readonly<Record<string, TSchema>>): InterfaceDefinition {
  const byName = new Map(Object.entries(schemas));
  return defineInterface(
    "_jsonSchemas",
    "1.0",
    [
      route({
        method: "GET",
        path: "/_/jsonSchemas",
        summary: "Names the schemas of the module's records, or gives one",
        query: Type.Object({ path: Type.Optional(Type.String()) }),
        answers: { 200: bytes(["application/json", "application/schema+json"]), 404: bytes(["text/plain"]) },
        handle: ({ query: { path } }) => {
          if (path === undefined) return { status: 200, body: json([...byName.keys()]) };
          const schema = byName.get(path);
          if (schema === undefined) return { status: 404, body: Buffer.from(`Schema ${path} not found`) };
          return { status: 200, body: json(schema), headers: { "content-type": "application/schema+json" } };
        },
      }),
    ],
    { type: "multiple" },
  );
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
