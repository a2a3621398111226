import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../gateway/http.ts";

/** An install job as Okapi's API shows it. */
export interface InstallJob {
  readonly id: string;
  readonly complete: boolean;
  readonly startDate: string;
  readonly endDate?: string;
  readonly modules: readonly JobModule[];
}

export interface JobModule {
  readonly id: string;
  readonly from?: string;
  readonly action: string;
  readonly stage: string;
  readonly message?: string;
}

/** The job at this path once it is complete. */
export async function finishedJob(api: Api, path: string, withinMs = 20_000): Promise<InstallJob> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 20) {
    const answer = await api.get(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    // as: InstallJob of the RAML; each claim looks at what it needs
    const job = JSON.parse(answer.text) as InstallJob;
    if (job.complete) return job;
    await delay(20);
  }
  throw new Error(`${path} was not complete within ${withinMs} ms`);
}
