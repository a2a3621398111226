import fc from "fast-check";
import { describe, expect, it } from "vitest";
import cases from "../testdata/interface-versions.json" with { type: "json" };
import {
  compareInterfaceVersions,
  isCompatibleVersion,
  isValidInterfaceVersion,
} from "./interface-version.ts";

describe("an interface version", () => {
  it.each(cases.compares)("$provided against $required grades $grade ($okapi)", (each) => {
    expect(compareInterfaceVersions(each.provided, each.required)).toBe(each.grade);
  });

  it.each(cases.compatible)("$provided does for $required: $compatible ($okapi)", (each) => {
    expect(isCompatibleVersion(each.provided, each.required)).toBe(each.compatible);
  });

  it.each(cases.valid)("'$text' is valid: $valid ($okapi)", ({ text, valid }) => {
    expect(isValidInterfaceVersion(text)).toBe(valid);
  });

  it("that is required with alternatives is judged by the one of the same major, else by the last", () => {
    expect(compareInterfaceVersions("2.5", "1.0 2.6 3.0")).toBe(-2);
    expect(compareInterfaceVersions("4.0", "1.0 5.0")).toBe(-3);
    expect(compareInterfaceVersions("4.0", "5.0 1.0")).toBe(3);
  });

  it("has no alternatives behind a word that is none", () => {
    expect(isCompatibleVersion("2.0", "1.0 2.0")).toBe(true);
    expect(isCompatibleVersion("2.0", "1.0  2.0")).toBe(false);
    expect(isCompatibleVersion("2.0", "1.0 x 2.0")).toBe(false);
  });

  it("that is provided with alternatives is the first of them", () => {
    expect(compareInterfaceVersions("1.0 2.0", "1.0 2.0")).toBe(0);
    expect(isCompatibleVersion("1.0 2.0", "2.0")).toBe(false);
  });

  it("is compatible exactly with what has its major and no more than its minor and patch", () => {
    const parts = fc.tuple(fc.nat(2), fc.nat(2), fc.option(fc.nat(2), { nil: -1 }));
    fc.assert(
      fc.property(parts, parts, (have, want) => {
        const [provided, required] = [have, want].map((each) => each.filter((part) => part >= 0).join("."));
        const isHighEnough = have[1] > want[1] || (have[1] === want[1] && have[2] >= want[2]);
        expect(isCompatibleVersion(provided ?? "", required ?? "")).toBe(have[0] === want[0] && isHighEnough);
      }),
    );
  });
});
