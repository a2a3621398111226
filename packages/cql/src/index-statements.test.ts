import { expect, it } from "vitest";
import { uniqueStatement } from "./index-statements.ts";

it("an index of documents in which a field is true has a name and a condition of its own", () => {
  const [all, enabled] = [null, "status.enabled"].map((whereTrue) =>
    uniqueStatement("settings", ["module"], "nothing", true, whereTrue),
  );
  expect(enabled?.name).not.toBe(all?.name);
  expect(all?.definition).not.toContain("WHERE");
  expect(enabled?.definition).toMatch(/ WHERE .*status.*enabled/u);
});
