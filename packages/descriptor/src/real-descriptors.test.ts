import { parseJson } from "@octavo/json";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { readDescriptors } from "@octavo/testing/folio-data";
import type { FolioRelease } from "@octavo/testing/folio-data";
import { expect, it } from "vitest";
import type { ModuleDescriptor } from "./module-descriptor.ts";
import { parseModuleDescriptor } from "./parse-module-descriptor.ts";
import { validateModuleDescriptor } from "./validate-module-descriptor.ts";

function read(release: FolioRelease): { text: string; descriptor: ModuleDescriptor }[] {
  return readDescriptors(release).map(({ file, text }) => {
    const json = parseJson(text);
    if (!json.ok) throw new Error(`${file}: ${json.error.message}`);
    const parsed = parseModuleDescriptor(json.value);
    if (!parsed.ok) throw new Error(`${file}: ${parsed.error}`);
    return { text, descriptor: parsed.value };
  });
}

describeWithFolio("the descriptors that FOLIO published", () => {
  it.each([
    ["release-a", 141],
    ["poppy", 134],
    ["older", 34],
  ] as const)("of %s are %i, all accepted without an error", (release, count) => {
    const descriptors = read(release);
    expect(descriptors).toHaveLength(count);
    const errors = descriptors.map(({ descriptor }) => validateModuleDescriptor(descriptor).error);
    expect(errors.filter((error) => error !== null)).toEqual([]);
  });

  it.each(["release-a", "poppy", "older"] as const)(
    "of %s print back as they were, keys in order",
    (release) => {
      for (const { text, descriptor } of read(release)) {
        expect(descriptor.source).toBe(JSON.stringify(JSON.parse(text)));
        for (const { source } of descriptor.provides) expect(descriptor.source).toContain(source);
      }
    },
  );
});
