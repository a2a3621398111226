import { fromPlain } from "@octavo/json";
import { describe, expect, it } from "vitest";
import cases from "../testdata/validation.json" with { type: "json" };
import { parseModuleDescriptor } from "./parse-module-descriptor.ts";
import { validateModuleDescriptor } from "./validate-module-descriptor.ts";

describe("a well-formed descriptor", () => {
  it.each(cases)("with $claim ($okapi)", ({ descriptor, error, warnings }) => {
    const parsed = parseModuleDescriptor(fromPlain(descriptor));
    if (!parsed.ok) throw new Error(parsed.error);
    expect(validateModuleDescriptor(parsed.value)).toEqual({ error, warnings });
  });
});
