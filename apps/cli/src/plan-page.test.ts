import { describe, expect, it } from "vitest";
import type { ExplainedPlan, PlanStep } from "@octavo/client";
import { planPage } from "./plan-page.ts";
import { plainPaint } from "./terminal.ts";

const asked: Pick<PlanStep, "reason" | "explanation"> = {
  reason: { kind: "asked-for" },
  explanation: "asked for",
};
const plan: ExplainedPlan = {
  tenant: "north",
  revision: 7,
  steps: [
    {
      action: "disable",
      id: "mod-old-2.0.0",
      reason: { kind: "replaced" },
      explanation: "replaced by mod-new-1.0.0, which provides interface shelves",
    },
    { action: "enable", id: "mod-users-19.5.0", from: "mod-users-19.4.1", ...asked },
    {
      action: "enable",
      id: "mod-permissions-6.6.0",
      reason: { kind: "required" },
      explanation: "required by mod-users-19.5.0 for interface permissions 5.2",
    },
    { action: "enable", id: "mod-new-1.0.0", ...asked },
    { action: "uptodate", id: "mod-login-7.12.0", ...asked },
  ],
  publicRoutes: [{ method: "POST", path: "/authn/login", moduleId: "mod-login-7.12.0" }],
};

describe("a plan on the screen", () => {
  it("is grouped by what happens, keeps the order in numbers and counts at the end", async () => {
    await expect(`${planPage(plan, plainPaint)}\n`).toMatchFileSnapshot("testdata/plan.txt");
  });

  it("says so when there is nothing to do", () => {
    expect(planPage({ ...plan, steps: [] }, plainPaint)).toBe("Nothing to do for tenant north.");
  });

  it("aligns the numbers of a long plan", () => {
    const steps = Array.from({ length: 10 }, (_, index) => ({
      action: "enable" as const,
      id: `m-${index}.0.0`,
      ...asked,
    }));
    expect(planPage({ ...plan, steps }, plainPaint)).toContain("\n   1  m-0.0.0  asked for\n");
  });
});
