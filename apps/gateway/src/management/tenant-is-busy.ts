import type { Job } from "@octavo/lifecycle";
import { err, type Result } from "@octavo/result";
import type { Refusal } from "./handler.ts";
import { busyText } from "./job-texts.ts";

/** A tenant has one job at a time. Thrown where that is found out: inside the transaction that would begin a second one. */
export class TenantIsBusy extends Error {
  readonly job: Job;
  constructor(job: Job) {
    super("the tenant is busy");
    this.job = job;
  }
}

/** Tells who comes second who was first. */
export async function unlessBusy<T>(work: () => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TenantIsBusy)) throw error;
    return err({ kind: "conflict", message: busyText(error.job) });
  }
}
