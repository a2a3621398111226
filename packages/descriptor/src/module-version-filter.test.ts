import { describe, expect, it } from "vitest";
import cases from "../testdata/version-filters.json" with { type: "json" };
import { parseModuleId } from "./module-id.ts";
import { matchesVersionFilter, parseVersionFilter } from "./module-version-filter.ts";

describe("a version filter", () => {
  it.each(cases.matches)(
    "preRelease=$preRelease, npmSnapshot=$npmSnapshot takes $id: $matches ($okapi)",
    ({ id, preRelease, npmSnapshot, matches }) => {
      const ref = parseModuleId(id);
      const filter = parseVersionFilter(preRelease, npmSnapshot);
      expect(ref.ok && filter.ok && matchesVersionFilter(ref.value, filter.value)).toBe(matches);
    },
  );

  it.each(cases.parameters)(
    "of preRelease=$preRelease and npmSnapshot=$npmSnapshot is $filter, error $error ($okapi)",
    ({ preRelease, npmSnapshot, filter, error }) => {
      const expected = error === null ? { ok: true, value: filter } : { ok: false, error };
      expect(parseVersionFilter(preRelease, npmSnapshot)).toEqual(expected);
    },
  );
});
