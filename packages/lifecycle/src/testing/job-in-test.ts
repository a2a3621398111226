import type { PlanStep } from "@octavo/resolution";
import type { Job, JobOptions } from "../job.ts";

/** A job that has just been accepted. */
export function jobOf(steps: readonly PlanStep[], options: Partial<JobOptions> = {}): Job {
  return {
    id: "6b1",
    tenantId: "north",
    kind: "install",
    state: "running",
    message: null,
    fault: null,
    startedAt: "2026-01-02T03:04:05.678Z",
    endedAt: null,
    since: "2026-01-02T03:04:05.678Z",
    deadline: null,
    requestedBy: "operator:env",
    requestId: null,
    cancelledBy: null,
    owner: null,
    epoch: 0,
    plan: {
      steps,
      before: [],
      options: {
        invoke: "true",
        purge: false,
        tenantParameters: null,
        ignoreErrors: false,
        depCheck: true,
        parallel: 1,
        onFailure: "stop",
        callSeconds: 60,
        ...options,
      },
    },
    steps: steps.map(({ action, id, from }) => ({
      action,
      moduleId: id,
      from,
      state: "pending",
      message: null,
      calls: [],
    })),
    closing: null,
    undo: null,
  };
}
