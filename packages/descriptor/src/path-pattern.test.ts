import { describe, expect, it } from "vitest";
import cases from "../testdata/path-patterns.json" with { type: "json" };
import { pathPatternError } from "./path-pattern.ts";

describe("a path pattern", () => {
  it.each(cases)("$pattern: $error ($okapi)", ({ pattern, error }) => {
    expect(pathPatternError(pattern)).toBe(error);
  });
});
