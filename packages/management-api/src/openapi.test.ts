import { describe, expect, it } from "vitest";
import { parameterNamesOf } from "./match-operation.ts";
import { openApiDocument } from "./openapi.ts";
import { operations } from "./operations.ts";

const document = openApiDocument("1.2.3");
const nodes = [...nodesOf(document)];
const paths = Object.entries(record(document["paths"])).flatMap(([path, methods]) =>
  Object.entries(record(methods)).map(([method, operation]) => ({
    path,
    method,
    operation: record(operation),
  })),
);

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1 of the given version", () => {
    expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
  });

  it("is the same each time it is printed", () => {
    expect(JSON.stringify(openApiDocument("1.2.3"))).toBe(JSON.stringify(document));
  });

  it("has every operation under its own id", () => {
    const ids = paths.map(({ operation }) => String(operation["operationId"]));
    expect(ids.sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it("has no reference that leads nowhere", () => {
    const references = nodes.flatMap((node) => (typeof node["$ref"] === "string" ? [node["$ref"]] : []));
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it("has no component that nothing refers to", () => {
    const used = new Set(nodes.map((node) => node["$ref"]));
    const components = record(document["components"]);
    const unused = ["schemas", "responses", "parameters"].flatMap((group) =>
      Object.keys(record(components[group])).filter((name) => !used.has(`#/components/${group}/${name}`)),
    );
    expect(unused).toEqual([]);
  });

  it("leaves no $id behind, which would move what references lead to", () => {
    expect(nodes.filter((node) => "$id" in node)).toEqual([]);
  });

  it("declares every tag that an operation has, and no other", () => {
    const declared = list(document["tags"]).map((tag) => String(record(tag)["name"]));
    const used = new Set(paths.flatMap(({ operation }) => list(operation["tags"]).map(String)));
    expect([...used].sort()).toEqual(declared.sort());
  });

  it.each(paths.map((each) => [`${each.method} ${each.path}`, each] as const))(
    "declares %s in full",
    (_, each) => {
      const parameters = list(each.operation["parameters"]).map(record);
      const inPath = parameters.filter((parameter) => parameter["in"] === "path");
      expect(inPath.map((parameter) => parameter["name"])).toEqual(parameterNamesOf(each.path));
      expect(inPath.every((parameter) => parameter["required"] === true)).toBe(true);
      expect(parameters.every((parameter) => "schema" in parameter || "$ref" in parameter)).toBe(true);
      const responses = Object.entries(record(each.operation["responses"]));
      expect(responses.length).toBeGreaterThan(0);
      for (const [status, response] of responses) {
        expect(status).toMatch(/^[2-5]\d\d$/u);
        const whole = "$ref" in record(response) ? resolve(String(record(response)["$ref"])) : response;
        expect(record(whole)).toHaveProperty("description", expect.stringMatching(/./u));
      }
    },
  );

  it("gives errors as text, and as problem details to those who ask", () => {
    const response = record(resolve("#/components/responses/NotAllowed"));
    expect(Object.keys(record(response["content"]))).toEqual(["text/plain", "application/problem+json"]);
  });

  it("asks for a credential except where everybody may call", () => {
    const open = paths.filter(({ operation }) => list(operation["security"]).length === 0);
    expect(open.map(({ path }) => path).sort()).toEqual([
      "/_/health/live",
      "/_/health/ready",
      "/_/octavo/keys",
      "/_/octavo/openapi.json",
      "/_/proxy/health",
    ]);
  });
});

function* nodesOf(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield record(value);
  for (const member of Object.values(value)) yield* nodesOf(member);
}

function resolve(reference: string): unknown {
  return reference
    .split("/")
    .slice(1)
    .reduce<unknown>((node, key) => (node === undefined ? undefined : record(node)[key]), document);
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value as Record<string, unknown>; // as: an object whose members are read as unknown
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}
