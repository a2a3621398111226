import fc from "fast-check";
import { describe, expect, it } from "vitest";
import cases from "../testdata/versions.json" with { type: "json" };
import { anyVersionText } from "./version.arbitraries.ts";
import {
  compareVersions,
  isNpmSnapshot,
  isPreRelease,
  parseVersion,
  printVersion,
  versionHasPrefix,
} from "./version.ts";
import type { Version } from "./version.ts";

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe("a version", () => {
  it.each(cases.parses)("$text is read and printed back ($okapi)", ({ text, preRelease, npmSnapshot }) => {
    const parsed = version(text);
    expect(printVersion(parsed)).toBe(text);
    expect([isPreRelease(parsed), isNpmSnapshot(parsed)]).toEqual([preRelease, npmSnapshot]);
  });

  it.each(cases.refuses)("'$text' is refused: $error ($okapi)", ({ text, error }) => {
    expect(parseVersion(text)).toEqual({ ok: false, error });
  });

  it.each(cases.compares)("$a against $b grades $grade ($okapi)", ({ a, b, grade }) => {
    expect(compareVersions(version(a), version(b))).toBe(grade);
    expect(compareVersions(version(b), version(a)) + grade).toBe(0);
  });

  it.each(cases.prefixes)("$version has the prefix $prefix: $holds ($okapi)", (each) => {
    expect(versionHasPrefix(version(each.version), version(each.prefix))).toBe(each.holds);
  });

  it("is compared exactly where a double is not", () => {
    expect(compareVersions(version("1.900719925474099267"), version("1.900719925474099268"))).toBe(-3);
    expect(compareVersions(version("1-99999999999999999999"), version("1-100000000000000000000"))).toBe(-1);
  });

  it("is compared by value, not by how many zeros were written", () => {
    expect(compareVersions(version("1.05"), version("1.5"))).toBe(0);
  });
});

describe("the order of versions", () => {
  const grade = (a: string, b: string) => compareVersions(version(a), version(b));

  it("is antisymmetric, and the grades agree with each other", () => {
    fc.assert(
      fc.property(anyVersionText(), anyVersionText(), (a, b) => {
        expect(grade(a, b) + grade(b, a)).toBe(0);
        expect(Math.abs(grade(a, b))).toBeLessThanOrEqual(4);
      }),
    );
  });

  it("is transitive, and a difference found on the way is not graded down", () => {
    fc.assert(
      fc.property(anyVersionText(), anyVersionText(), anyVersionText(), (a, b, c) => {
        const [low = "", middle = "", high = ""] = [a, b, c].sort(grade);
        expect(grade(low, high)).toBeLessThanOrEqual(0);
        expect(-grade(low, high)).toBe(Math.max(-grade(low, middle), -grade(middle, high)));
      }),
    );
  });

  it("puts a version above every cut of its numbers, which is a prefix of it", () => {
    fc.assert(
      fc.property(anyVersionText(), fc.integer({ min: 1, max: 4 }), (text, length) => {
        const cut: Version = {
          numbers: version(text).numbers.slice(0, length),
          preRelease: [],
          metadata: null,
        };
        const release: Version = { ...version(text), preRelease: [] };
        expect(versionHasPrefix(version(text), cut)).toBe(true);
        expect(compareVersions(release, cut)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("is one of texts that print back as they were read", () => {
    fc.assert(
      fc.property(anyVersionText(), (text) => {
        expect(printVersion(version(text))).toBe(text);
      }),
    );
  });
});
