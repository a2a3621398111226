import type { ModulePart } from "../definition/part.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { JOBS, type JobType } from "./define-job.ts";
import { sweepJobs } from "./job-rows.ts";
import { jobSteps } from "./job-steps.ts";
import { type JobsOptions, JobWorker } from "./job-worker.ts";

/** Brings the table of jobs, and works at them: at those that are due, of enabled tenants, in whichever instance has room.
 *
 *     parts: [jobs([exportTags])] */
export function jobs(
  types: readonly Pick<JobType, "type" | "run" | "wakes">[],
  options: JobsOptions = {},
): ModulePart {
  return {
    name: "jobs",
    steps: jobSteps,
    start: (running) => {
      const visits = visitsOf(running);
      const worker = new JobWorker(types, running, options, {
        due: (tenantId, inSeconds) => visits.wake(tenantId, JOBS, inSeconds),
        room: () => visits.poke(),
      });
      const silence = types.map((type) => type.wakes(visits));
      const leave = visits.join({ errand: worker, sweeps: [sweepJobs] });
      return async () => {
        for (const stop of silence) stop();
        await worker.stop();
        await leave();
      };
    },
  };
}
