import type { Step } from "@octavo/migrations";
import { jobSteps } from "../jobs/job-steps.ts";
import { leaseSteps } from "../state/state-steps.ts";
import { instanceSteps } from "./instance-steps.ts";
import { wakeSteps } from "../visits/wake-steps.ts";
import { tenantSteps } from "./tenant-steps.ts";

/** The tables of a module's home. */
export const homeSteps: readonly Step[] = [
  ...tenantSteps,
  ...jobSteps,
  ...leaseSteps,
  ...wakeSteps,
  ...instanceSteps,
];
