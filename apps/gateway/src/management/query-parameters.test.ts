import { invokeFilter } from "@octavo/lifecycle";
import { describe, expect, it } from "vitest";
import { installOptions } from "./install-options.ts";
import { booleanParameter, integerParameter, versionFilterParameter } from "./query-parameters.ts";

function said(result: {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly message: string };
}) {
  return result.ok ? result.value : result.error?.message;
}

describe("query parameters", () => {
  it.each([
    ["", false],
    ["x=true", true],
    ["x=false", false],
    ["x=true&x=false", true],
    ["x=TRUE", "Bad boolean for parameter x: TRUE"],
    ["x=", "Bad boolean for parameter x: "],
    ["x=1", "Bad boolean for parameter x: 1"],
  ])("boolean: ?%s is %j", (query, expected) => {
    expect(said(booleanParameter(new URLSearchParams(query), "x", false))).toBe(expected);
  });

  it.each([
    ["", 7],
    ["x=0", 0],
    ["x=-3", -3],
    ["x=%2B3", 3],
    ["x=2147483647", 2_147_483_647],
    ["x=2147483648", "Bad integer for parameter 'x'"],
    ["x=1.5", "Bad integer for parameter 'x'"],
    ["x=0x10", "Bad integer for parameter 'x'"],
    ["x=", "Bad integer for parameter 'x'"],
    ["x=٣", "Bad integer for parameter 'x'"],
  ])("integer: ?%s is %j", (query, expected) => {
    expect(said(integerParameter(new URLSearchParams(query), "x", 7))).toBe(expected);
  });

  it("integer: one that must be given is missed", () => {
    expect(said(integerParameter(new URLSearchParams(), "x", null))).toBe("Missing value for parameter 'x'");
  });

  it("version filter: both parts, and the sentence of the first that is wrong", () => {
    expect(said(versionFilterParameter(new URLSearchParams("preRelease=only&npmSnapshot=false")))).toEqual({
      preRelease: "only",
      npmSnapshot: "false",
    });
    expect(said(versionFilterParameter(new URLSearchParams("preRelease=sandt")))).toBe(
      'Expected "true", "false", "only" or undefined/null for parameter preRelease, but got: sandt',
    );
  });
});

describe("install options", () => {
  it("are Okapi's defaults where nothing is said", () => {
    expect(said(installOptions(new URLSearchParams()))).toMatchObject({
      simulate: false,
      async: false,
      deploy: false,
      purge: false,
      ignoreErrors: false,
      reinstall: false,
      depCheck: true,
      parallel: 1,
    });
  });

  it.each([
    ["", { "a-1.0.0": true, "mod-b-1.0.0": true }],
    ["invoke=true", { "a-1.0.0": true, "mod-b-1.0.0": true }],
    ["invoke=false", { "a-1.0.0": false, "mod-b-1.0.0": false }],
    ["invoke=mod-.*", { "a-1.0.0": false, "mod-b-1.0.0": true }],
    ["invoke=b", { "a-1.0.0": false, "mod-b-1.0.0": false }],
    ["invoke=a-1.0.0|mod-b-1.0.0", { "a-1.0.0": true, "mod-b-1.0.0": true }],
  ])("?%s invokes %j", (query, expected) => {
    const options = installOptions(new URLSearchParams(query));
    const invokes = invokeFilter(options.ok ? options.value.invoke : "");
    const invoked = Object.keys(expected).map((id) => [id, invokes(id)]);
    expect(Object.fromEntries(invoked)).toEqual(expected);
  });

  it.each(["[", "(", "(a)\\1", "(?=a)b", "a{1000}", "x".repeat(257)])("refuse the pattern %s", (pattern) => {
    const refused = installOptions(new URLSearchParams(`invoke=${pattern}`));
    expect(said(refused)).toContain("Bad pattern for parameter invoke");
  });

  it("refuse parallel below one", () => {
    expect(said(installOptions(new URLSearchParams("parallel=0")))).toBe("parallel must be 1 or higher");
  });
});
