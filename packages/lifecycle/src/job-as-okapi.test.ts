import { printPretty } from "@octavo/json";
import { describe, expect, it } from "vitest";
import { jobAsOkapi } from "./job-as-okapi.ts";
import type { JobStep } from "./job.ts";
import { jobOf } from "./testing/job-in-test.ts";

const job = jobOf([]);
const step: JobStep = {
  action: "enable",
  moduleId: "a-2.0.0",
  from: null,
  state: "done",
  message: null,
  calls: [],
};

describe("a job in Okapi's form", () => {
  it("has no end while it runs", () => {
    expect(printPretty(jobAsOkapi(job))).toBe(
      '{\n  "id" : "6b1",\n  "complete" : false,\n  "startDate" : "2026-01-02T03:04:05.678Z",\n  "modules" : [ ]\n}',
    );
  });

  it("is complete when it has ended, however", () => {
    const ended = jobAsOkapi({ ...job, state: "failed", endedAt: "2026-01-02T03:04:06.000Z" });
    expect(ended.get("complete")).toBe(true);
    expect([...ended.keys()]).toEqual(["id", "complete", "startDate", "endDate", "modules"]);
  });

  it.each([
    ["pending", "pending"],
    ["intended", "invoke"],
    ["done", "done"],
    ["undone", "invoke"],
    ["failed", "invoke"],
    ["indeterminate", "invoke"],
    ["waiting-for-human", "invoke"],
  ] as const)("shows a step that is %s at stage %s", (state, stage) => {
    const shown = jobAsOkapi({ ...job, steps: [{ ...step, state }] }).get("modules");
    expect(shown).toEqual([
      new Map([
        ["id", "a-2.0.0"],
        ["action", "enable"],
        ["stage", stage],
      ]),
    ]);
  });

  it("says where a module came from and what went wrong", () => {
    const shown = jobAsOkapi({
      ...job,
      steps: [{ ...step, from: "a-1.0.0", state: "failed", message: "no disk" }],
    });
    expect(printPretty(shown.get("modules") ?? null)).toBe(
      '[ {\n  "id" : "a-2.0.0",\n  "from" : "a-1.0.0",\n  "action" : "enable",\n  "message" : "no disk",\n  "stage" : "invoke"\n} ]',
    );
  });
});
