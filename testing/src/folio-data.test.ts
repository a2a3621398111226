import { expect, it } from "vitest";
import { describeWithFolio } from "./describe-with-folio.ts";
import { readDescriptors, readInstallList } from "./folio-data.ts";

describeWithFolio("the FOLIO releases", () => {
  it.each([
    ["release-a", 141],
    ["poppy", 134],
    ["older", 34],
  ] as const)("%s has %i descriptors, each named by its id", (release, count) => {
    const descriptors = readDescriptors(release);
    expect(descriptors.length).toBe(count);
    expect(
      descriptors.filter(({ file, text }) => JSON.parse(text).id !== file.slice(0, -".json".length)),
    ).toEqual([]);
  });

  it.each(["release-a", "poppy"] as const)("%s installs only what it has descriptors of", (release) => {
    const files = new Set(readDescriptors(release).map(({ file }) => file));
    const list = readInstallList(release);
    expect(list.length).toBeGreaterThan(100);
    expect(list.filter(({ id, action }) => action !== "enable" || !files.has(`${id}.json`))).toEqual([]);
  });
});
