import { describe, expect, it } from "vitest";
import cases from "../testdata/module-ids.json" with { type: "json" };
import { compareModuleIds, latestOf, moduleHasPrefix, parseModuleId } from "./module-id.ts";
import type { ModuleRef } from "./module-id.ts";
import { printVersion } from "./version.ts";

function ref(id: string): ModuleRef {
  const parsed = parseModuleId(id);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe("a module id", () => {
  it.each(cases.parses)("$id is product $product, version $version ($okapi)", ({ id, product, version }) => {
    const parsed = ref(id);
    expect(parsed).toMatchObject({ id, product });
    expect(parsed.version === null ? null : printVersion(parsed.version)).toBe(version);
  });

  it("is refused with the error of its version", () => {
    expect(parseModuleId("mod-a-1.")).toEqual({ ok: false, error: "missing version component" });
  });

  it.each(cases.compares)("$a against $b grades $grade ($okapi)", ({ a, b, grade }) => {
    expect(compareModuleIds(ref(a), ref(b))).toBe(grade);
    expect(compareModuleIds(ref(b), ref(a)) + grade).toBe(0);
  });

  it("is ordered by UTF-16 code units of its product, as in Java, not by language", () => {
    expect(compareModuleIds(ref("mod-Z"), ref("mod-a"))).toBe(-5);
    expect(compareModuleIds(ref("\u{1f600}"), ref("\uffee"))).toBe(-5);
  });

  it.each(cases.prefixes)("$id has the prefix $prefix: $holds ($okapi)", ({ id, prefix, holds }) => {
    expect(moduleHasPrefix(ref(id), ref(prefix))).toBe(holds);
  });

  it.each(cases.latest)(
    "of $of and $candidates the latest is $latest ($okapi)",
    ({ of, candidates, latest }) => {
      expect(latestOf(ref(of), candidates.map(ref)).id).toBe(latest);
    },
  );

  it("stands for its newest module where it is a product", () => {
    expect(latestOf(ref("mod-a"), [ref("mod-a-1.0.0"), ref("mod-a-1.1.0-rc.1"), ref("mod-b-2.0.0")]).id).toBe(
      "mod-a-1.1.0-rc.1",
    );
  });
});
