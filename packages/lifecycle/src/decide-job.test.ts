import type { ModuleDescriptor } from "@octavo/descriptor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideJob, type JobDecision } from "./decide-job.ts";
import type { Job, JobOptions, JobPart, StepState } from "./job.ts";
import { jobOf } from "./testing/job-in-test.ts";
import { disable, enable, knownModule, moduleOf } from "./testing/modules-in-test.ts";

const noWorld = { enabled: [], moduleOf: knownModule, gatewayProvides: [], isPastDeadline: false };

function withStates(job: Job, states: readonly StepState[], message: string | null = null): Job {
  const steps = job.steps.map((step, at) => {
    const state = states[at] ?? step.state;
    return { ...step, state, message: state === "failed" || state === "waiting-for-human" ? message : null };
  });
  return { ...job, steps };
}

const three = [enable("none-1.0.0"), enable("old-1.0.0"), enable("new-1.0.0")];
const part = (state: StepState, message: string | null = null): JobPart => ({ state, message, calls: [] });
const decided = (
  states: readonly StepState[],
  options: Partial<JobOptions> = {},
  more: Partial<Job> = {},
): JobDecision => decideJob({ ...withStates(jobOf(three, options), states, "no disk"), ...more }, noWorld);

describe("a job", () => {
  it.each<[string, readonly StepState[], Partial<JobOptions>, JobDecision]>([
    ["begins with its first step", [], {}, { kind: "begin", steps: [0] }],
    ["begins as many as it may", [], { parallel: 2 }, { kind: "begin", steps: [0, 1] }],
    ["waits for what is under way", ["intended"], {}, { kind: "wait" }],
    ["goes on behind what is done", ["done"], {}, { kind: "begin", steps: [1] }],
    ["closes when all is done", ["done", "done", "done"], {}, { kind: "close" }],
    [
      "stops at a failure; what is done stays done",
      ["done", "failed"],
      {},
      { kind: "end", state: "failed", message: "no disk", fault: "user" },
    ],
    [
      "waits for others that are under way before it stops",
      ["failed", "intended"],
      { parallel: 2 },
      { kind: "wait" },
    ],
    ["undoes where it was told to", ["done", "failed"], { onFailure: "undo" }, { kind: "undo" }],
    [
      "has nothing to undo where nothing was done",
      ["failed"],
      { onFailure: "undo" },
      { kind: "end", state: "failed", message: "no disk", fault: "user" },
    ],
    [
      "passes over errors where it was told to",
      ["failed"],
      { ignoreErrors: true },
      { kind: "begin", steps: [1] },
    ],
    [
      "closes though errors were passed over",
      ["failed", "done", "done"],
      { ignoreErrors: true },
      { kind: "close" },
    ],
    ["waits for a human", ["done", "waiting-for-human"], {}, { kind: "park", message: "no disk" }],
    [
      "waits for a human only when nothing else is under way",
      ["waiting-for-human", "intended"],
      { parallel: 2 },
      { kind: "wait" },
    ],
    [
      "undoes nothing before a human has spoken",
      ["done", "waiting-for-human"],
      { onFailure: "undo" },
      { kind: "park", message: "no disk" },
    ],
  ])("%s", (_claim, states, options, decision) => {
    expect(decided(states, options)).toEqual(decision);
  });

  it("that is cancelled begins nothing more, and says what it left unknown", () => {
    const cancelledBy = "operator:ann";
    expect(decided(["done"], {}, { cancelledBy })).toMatchObject({
      kind: "end",
      state: "failed",
      message: "Cancelled by operator:ann",
    });
    expect(decided(["done", "intended"], {}, { cancelledBy })).toEqual({ kind: "wait" });
    expect(decided(["done", "waiting-for-human"], {}, { cancelledBy })).toMatchObject({
      kind: "end",
      message: "Cancelled by operator:ann. no disk; old-1.0.0 was left as it was before",
    });
    expect(decided(["done"], { onFailure: "undo" }, { cancelledBy })).toEqual({ kind: "undo" });
  });

  it("whose deadline has passed begins nothing more", () => {
    const job = { ...jobOf(three), deadline: "2026-01-02T04:00:00.000Z" };
    expect(decideJob(job, { ...noWorld, isPastDeadline: true })).toEqual({
      kind: "end",
      state: "failed",
      message: "The deadline of the job (2026-01-02T04:00:00.000Z) has passed",
      fault: "internal",
    });
  });

  it.each<[string, Partial<Job>, JobDecision]>([
    [
      "is done when it is closed",
      { closing: part("done") },
      { kind: "end", state: "done", message: null, fault: null },
    ],
    [
      "fails where it cannot be closed",
      { closing: part("failed", "deaf") },
      { kind: "end", state: "failed", message: "deaf", fault: "user" },
    ],
    ["waits while it is closed", { closing: part("intended") }, { kind: "wait" }],
    ["waits while it is undone", { undo: part("intended") }, { kind: "wait" }],
  ])("%s", (_claim, more, decision) => {
    expect(decided(["done", "done", "done"], {}, more)).toEqual(decision);
  });

  it("is undone with the reason for it", () => {
    const undone = decided(["done", "failed"], { onFailure: "undo" }, { undo: part("done") });
    expect(undone).toEqual({ kind: "end", state: "undone", message: "no disk", fault: "user" });
  });

  it("lets modules go that need one another, in the order of the plan", () => {
    const ring = ["a", "b"].map((name, at) =>
      moduleOf(
        `${name}-1.0.0`,
        {},
        {
          provides: [{ id: name, version: "1.0", handlers: [] }],
          requires: [{ id: at === 0 ? "b" : "a", version: "1.0" }],
        },
      ),
    );
    const find = (id: string): ModuleDescriptor => ring.find((each) => each.id === id) ?? knownModule(id);
    const job = jobOf([disable("a-1.0.0"), disable("b-1.0.0")]);
    expect(decideJob(job, { ...noWorld, enabled: ring, moduleOf: find })).toEqual({
      kind: "begin",
      steps: [0],
    });
  });
});

describe("steps of any plan in any order of ending", () => {
  const anyStep = fc.constantFrom("none-1.0.0", "old-1.0.0", "new-1.0.0", "perms-1.0.0", "mid-1.0.0");
  const anyPlan = fc.record({
    ids: fc.uniqueArray(anyStep, { minLength: 1 }),
    parallel: fc.integer({ min: 1, max: 4 }),
    ignoreErrors: fc.boolean(),
    choices: fc.infiniteStream(fc.nat()),
  });

  it("are never more at once than allowed, a permission module is alone, and all come to an end", () => {
    fc.assert(
      fc.property(anyPlan, ({ ids, parallel, ignoreErrors, choices }) => {
        let job = jobOf(
          ids.map((id) => enable(id)),
          { parallel, ignoreErrors },
        );
        const put = (at: number, state: StepState): void => {
          job = {
            ...job,
            steps: job.steps.map((step, each) => (each === at ? { ...step, state, message: "no" } : step)),
          };
        };
        const underWay = (): number[] =>
          job.steps.flatMap(({ state }, at) => (state === "intended" ? [at] : []));
        for (let turn = 0; turn < 100; turn += 1) {
          const decision = decideJob(job, noWorld);
          if (decision.kind === "close" || decision.kind === "end") return;
          if (decision.kind === "begin") for (const at of decision.steps) put(at, "intended");
          const now = underWay();
          expect(now.length).toBeGreaterThan(0);
          const isAlone = now.some((at) => ids[at] === "perms-1.0.0");
          expect(now.length).toBeLessThanOrEqual(isAlone ? 1 : parallel);
          const ending = now[(choices.next().value ?? 0) % now.length] ?? 0;
          put(ending, (choices.next().value ?? 0) % 4 === 0 ? "failed" : "done");
        }
        throw new Error("it does not end");
      }),
    );
  });
});
