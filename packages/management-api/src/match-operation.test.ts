import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchOperation, parameterNamesOf } from "./match-operation.ts";
import { operations } from "./operations.ts";

const nowhere: readonly (readonly [string, string])[] = [
  ["a slash at the end", "/_/proxy/modules/"],
  ["a slash at the end of a parameter", "/_/proxy/tenants/north/"],
  ["an empty parameter", "/_/proxy/tenants//modules"],
  ["a doubled slash", "/_//proxy/modules"],
  ["a segment too many", "/_/proxy/modules/a/b"],
  ["only a part of a path", "/_/proxy"],
  ["other letters", "/_/Proxy/modules"],
  ["a percent-encoded letter in a fixed segment", "/_/prox%79/modules"],
  ["a query", "/_/proxy/modules?full=true"],
  ["a dot segment", "/_/proxy/./modules"],
  ["a path of a module", "/users"],
  ["nothing", ""],
  ["the root", "/"],
  ["an invocation by path, which goes to a module", "/_/invoke/tenant/north/users"],
  ["names of Object.prototype", "/_/constructor"],
];

describe("matching a request", () => {
  it.each(nowhere)("finds nothing for %s: %s", (_, path) => {
    expect(matchOperation("GET", path)).toBeNull();
  });

  it("says which methods a known path has", () => {
    expect(matchOperation("PUT", "/_/proxy/modules")).toEqual({
      kind: "other-methods",
      allowed: ["GET", "POST"],
    });
    expect(matchOperation("get", "/_/version")).toEqual({ kind: "other-methods", allowed: ["GET"] });
  });

  it.each([["%"], ["%4"], ["%zz"], ["%ff"], ["%c3%28"], ["a%ed%a0%80"]])(
    "refuses %s as a parameter",
    (segment) => {
      const because = `Malformed percent-encoding in path segment ${segment}`;
      expect(matchOperation("GET", `/_/proxy/tenants/${segment}/modules`)).toEqual({
        kind: "malformed-path",
        because,
      });
    },
  );

  it("decodes a parameter once, and leaves + alone", () => {
    const match = matchOperation("GET", "/_/discovery/nodes/http%3A%2F%2Fa%252Fb+c");
    expect(match).toMatchObject({ kind: "operation", params: { nodeId: "http://a%2Fb+c" } });
  });

  it("agrees with a search through the table, one operation after the other", () => {
    const segment = fc.oneof(
      fc.constantFrom(...new Set(operations.flatMap(({ path }) => path.split("/").slice(2)))),
      fc.stringMatching(/^[a-z0-9._-]{1,5}$/u),
    );
    // A path of the table, its parameters filled and now and then a segment changed.
    const path = fc
      .tuple(
        fc.constantFrom(...operations.map(({ path }) => path)),
        fc.array(fc.option(segment), { maxLength: 7 }),
      )
      .map(([path, changes]) =>
        path
          .split("/")
          .map((part, index) => (index < 2 ? part : (changes[index] ?? part.replaceAll(/[{}]/gu, ""))))
          .join("/"),
      );
    const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE");
    fc.assert(
      fc.property(method, path, (method, path) => {
        const match = matchOperation(method, path);
        expect(match?.kind === "operation" ? match.operation.name : null).toBe(searchOneByOne(method, path));
      }),
      { numRuns: 2000 },
    );
  });
});

function searchOneByOne(method: string, path: string): string | null {
  const fitting = operations.filter((operation) => {
    const pattern = operation.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/gu, "[^/]+");
    return operation.method === method && new RegExp(`^${pattern}$`, "u").test(path);
  });
  // Where a fixed path and one with a parameter both fit, the fixed one is meant.
  const fewest = fitting.sort((a, b) => parameterNamesOf(a.path).length - parameterNamesOf(b.path).length);
  return fewest[0]?.name ?? null;
}
