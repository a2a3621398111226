export { defineJob, type EnqueueOptions, type JobInput, type JobType } from "./define-job.ts";
export { cancelJob, type JobView, readJob } from "./job-view.ts";
export type { JobsOptions } from "./job-worker.ts";
export { jobs } from "./jobs-part.ts";
export { JobCancelled, JobLost, JobRefused, type RunningJob } from "./running-job.ts";
