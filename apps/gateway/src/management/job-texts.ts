import type { Job } from "@octavo/lifecycle";

/** Who has the tenant, since when, and what whoever comes second can do. */
export function busyText(job: Job): string {
  const { id, tenantId, kind, requestedBy, startedAt, state, since } = job;
  const who = `Tenant ${tenantId} is busy: ${kind} job ${id} of ${requestedBy}, since ${startedAt}`;
  return state === "waiting-for-human"
    ? `${who}, waits for a human since ${since}: ${job.message ?? ""}. ${choices(job)}`
    : `${who}. Look at /_/octavo/jobs/${id}, or wait for it with waitFor=SECONDS`;
}

export function sentenceForHumans(job: Job): string {
  return `${job.message ?? ""}. Job ${job.id} waits for a human. ${choices(job)}`;
}

/** What can be said to a job that waits. */
export function choices({ id, steps }: Job): string {
  const asksOfCall = steps.some(({ state }) => state === "waiting-for-human");
  return asksOfCall
    ? `Look at the module, then: octavo job resume ${id} (it was carried out), octavo job retry ${id} (do it again), or ` +
        `octavo job fail ${id} (it was not)`
    : `Then: octavo job resume ${id}, or octavo job cancel ${id}`;
}
