import { describe, expect, it } from "vitest";
import { planPage, type ExplainedStep } from "./plan-page.ts";
import { plainPaint } from "./terminal.ts";

const steps: readonly ExplainedStep[] = [
  {
    action: "disable",
    id: "mod-old-2.0.0",
    from: null,
    explanation: "replaced by mod-new-1.0.0, which provides interface shelves",
  },
  { action: "enable", id: "mod-users-19.5.0", from: "mod-users-19.4.1", explanation: "asked for" },
  {
    action: "enable",
    id: "mod-permissions-6.6.0",
    from: null,
    explanation: "required by mod-users-19.5.0 for interface permissions 5.2",
  },
  { action: "enable", id: "mod-new-1.0.0", from: null, explanation: "asked for" },
  { action: "uptodate", id: "mod-login-7.12.0", from: null, explanation: "asked for" },
];

describe("a plan on the screen", () => {
  it("is grouped by what happens, keeps the order in numbers and counts at the end", async () => {
    await expect(`${planPage("north", steps, plainPaint)}\n`).toMatchFileSnapshot("testdata/plan.txt");
  });

  it("says so when there is nothing to do", () => {
    expect(planPage("north", [], plainPaint)).toBe("Nothing to do for tenant north.");
  });

  it("aligns the numbers of a long plan", () => {
    const many = Array.from({ length: 10 }, (_, index) => ({
      action: "enable",
      id: `m-${index}.0.0`,
      from: null,
      explanation: "asked for",
    }));
    expect(planPage("north", many, plainPaint)).toContain("\n   1  m-0.0.0  asked for\n");
  });
});
