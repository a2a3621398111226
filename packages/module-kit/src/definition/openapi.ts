import type { TSchema } from "typebox";
import { Bytes } from "./answer.ts";
import type { InterfaceDefinition } from "./interface.ts";
import type { ModuleFacts } from "./module-facts.ts";
import { pathParameters } from "./path-parameters.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

/** The interfaces of a module that clients call, as an OpenAPI 3.1 document. The same definition gives the same document. A schema with
 * `$id` stands once among the components. */
export function openApiOf(module: ModuleFacts): object {
  const interfaces = module.interfaces.filter(({ type }) => type !== "system");
  const schemas = new Map<string, Json>([["Errors", errorsSchema]]);
  return {
    openapi: "3.1.0",
    info: { title: module.title, version: module.version },
    servers: [{ url: "/" }],
    tags: interfaces.map(({ id, version }) => ({ name: id, description: `Interface ${id} ${version}` })),
    paths: pathsOf(interfaces, schemas),
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: { okapiToken: { type: "apiKey", in: "header", name: "X-Okapi-Token" } },
    },
  };
}

function pathsOf(interfaces: readonly InterfaceDefinition[], schemas: Map<string, Json>): Json {
  const paths = new Map<string, Record<string, unknown>>();
  for (const { id, routes } of interfaces) {
    for (const route of routes) {
      const methods = paths.get(route.path) ?? {};
      methods[route.method.toLowerCase()] = operation(id, route, schemas);
      paths.set(route.path, methods);
    }
  }
  return Object.fromEntries(paths);
}

function operation(tag: string, route: Route, schemas: Map<string, Json>): Json {
  const { summary, permissionsRequired, body, answers, isPublic } = route;
  return {
    tags: [tag],
    ...(summary !== null && { summary }),
    parameters: [...pathParameterForms(route), ...queryForms(route)],
    ...(body !== null && { requestBody: { required: true, content: contentOf(body, schemas) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          {
            description: descriptionOf(answer),
            ...(answer !== null && { content: contentOf(answer, schemas) }),
          },
        ]),
      ),
      default: {
        description: "What went wrong",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Errors" } } },
      },
    },
    security: isPublic ? [] : [{ okapiToken: [] }],
    "x-permissions-required": permissionsRequired,
  };
}

function pathParameterForms({ path, params }: Route): readonly Json[] {
  const schemas = propertiesOf(params);
  return pathParameters(path).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: schemas[name] ?? { type: "string", minLength: 1 },
  }));
}

function queryForms({ query }: Route): readonly Json[] {
  const required: readonly unknown[] =
    query !== null && "required" in query && Array.isArray(query.required) ? query.required : [];
  return Object.entries(propertiesOf(query)).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

/** What an object's schema says of each property; nothing where it is no object. */
export function propertiesOf(schema: TSchema | null): Readonly<Record<string, Json | undefined>> {
  if (schema === null || !("properties" in schema)) return {};
  return schema.properties as Record<string, Json>; // as: JSON Schema has schemas there
}

function contentOf(body: TSchema | Bytes, schemas: Map<string, Json>): Json {
  if (body instanceof Bytes) {
    return Object.fromEntries(body.contentTypes.map((type) => [type === "*" ? "*/*" : type, {}]));
  }
  return { "application/json": { schema: lifted(body, schemas) } };
}

function lifted(schema: TSchema, schemas: Map<string, Json>): Json {
  const { $id, ...rest } = schema as TSchema & { readonly $id?: string }; // as: every schema may have one
  if ($id === undefined) return rest;
  schemas.set($id, rest);
  return { $ref: `#/components/schemas/${$id}` };
}

function descriptionOf(answer: TSchema | Bytes | null): string {
  if (answer === null) return "Done, without a body";
  if (answer instanceof Bytes) return answer.contentTypes.join(", ");
  return "description" in answer && typeof answer.description === "string" ? answer.description : "Done";
}

const errorsSchema = {
  type: "object",
  required: ["errors", "total_records"],
  properties: {
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["message", "type", "parameters"],
        properties: {
          message: { type: "string" },
          type: { type: "string" },
          code: { type: "string" },
          parameters: {
            type: "array",
            items: { type: "object", properties: { key: { type: "string" }, value: { type: "string" } } },
          },
        },
      },
    },
    total_records: { type: "integer" },
  },
};
