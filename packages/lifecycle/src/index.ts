export type * from "./job.ts";
export type { CallRecord } from "./call-state.ts";
export * from "./enablement-of.ts";
export { answerJob, type HumanVerb } from "./human-answer.ts";
export { callsModules } from "./calls-of-plan.ts";
export { invokeFilter, parseInvokeFilter } from "./invoke-filter.ts";
export * from "./job-as-okapi.ts";
export { JobDriver, type JobDriverOptions } from "./job-driver.ts";
export {
  type JobDatabase,
  type JobFilter,
  listJobs,
  openJobOf,
  openJobWith,
  readInstallJobs,
  readJob,
} from "./job-rows.ts";
export {
  deleteAllJobs,
  deleteEndedJob,
  deleteEndedJobs,
  insertDoneJob,
  insertJob,
  type NewJob,
} from "./job-store.ts";
export { JobWatch } from "./job-watch.ts";
export { type JobEvent, readJobEvents } from "./journal.ts";
export type { CallModule, ModuleAnswer, ModuleRequest } from "./module-caller.ts";
export type { ForgetProducts } from "./leased-journal.ts";
export * from "./plan-as-okapi.ts";
export { staticPath, takes } from "./planned-call.ts";
