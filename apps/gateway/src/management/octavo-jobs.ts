import { answerJob, type HumanVerb, type Job, listJobs, readJob } from "@octavo/lifecycle";
import { announceRows } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { jobFullyShown, jobShown } from "./job-shown.ts";
import { jobEvents } from "./job-events.ts";
import type { Call, Refusal } from "./handler.ts";
import type { Handler, Platform } from "./platform.ts";
import { javaInteger } from "./query-parameters.ts";
import { readCaughtUp } from "./read-caught-up.ts";
import { badRequest, notFound, refusedWrite } from "./refusals.ts";
import { json } from "./reply.ts";
import { actorOf, RefusedByRows, write } from "./write.ts";

const jobStates = ["open", "pending", "running", "done", "undone", "failed", "waiting-for-human"] as const;
const defaultLimit = 100;
const maxLimit = 1000;

export const listAllJobs: Handler = async ({ query }, { registry }) => {
  const limit = javaInteger(query.get("limit") ?? String(defaultLimit));
  if (limit === null || limit < 1 || limit > maxLimit) {
    return badRequest(`Parameter limit must be a number from 1 to ${maxLimit}`);
  }
  const asked = query.get("state");
  const state = jobStates.find((each) => each === asked) ?? null;
  if (asked !== null && state === null) {
    return badRequest(`Parameter state must be one of ${jobStates.join(", ")}`);
  }
  const jobs = await registry.read((client) =>
    listJobs(client, { tenantId: query.get("tenant"), state, limit }),
  );
  if (!jobs.ok) return err(refusedWrite(jobs.error));
  return ok(json(200, new Map([["jobs", jobs.value.map(jobShown)]])));
};

export const getOneJob: Handler = async (call, platform) => {
  const job = await findJob(call, platform);
  return job.ok ? ok(json(200, jobFullyShown(job.value))) : job;
};

/** Follows a job, at whichever instance, from where the client was. */
export const followJob: Handler = async (call, platform) => {
  const job = await findJob(call, platform);
  if (!job.ok) return job;
  const after = call.lastEventId ?? "0";
  if (!/^[0-9]{1,9}$/u.test(after)) return badRequest("Last-Event-ID must be the id of an event of this job");
  return ok({
    status: 200,
    contentType: "text/event-stream",
    headers: ["Cache-Control", "no-store"],
    body: "",
    stream: (gone) => jobEvents(platform.registry, job.value.id, Number(after), gone),
  });
};

/** Says something to a job; whoever drives it hears of it. */
export function answerJobWith(verb: HumanVerb): Handler {
  return async (call, platform) => {
    const jobId = call.params["jobId"] ?? "";
    const by = actorOf(call.caller);
    const written = await write(call, platform, jobId, () =>
      ok({
        changes: [],
        reply: json(200, new Map()),
        alsoWrite: async (client) => {
          const answered = await answerJob(client, jobId, verb, by);
          if (!answered.ok) throw new RefusedByRows({ kind: "conflict", message: answered.error });
          if (answered.value === null) throw new RefusedByRows({ kind: "not-found", message: jobId });
          await announceRows(client);
        },
      }),
    );
    if (!written.ok) return written;
    platform.jobs.wake();
    return getOneJob(call, platform);
  };
}

async function findJob(call: Call, { registry }: Platform): Promise<Result<Job, Refusal>> {
  const jobId = call.params["jobId"] ?? "";
  const job = await readCaughtUp(registry, (client) => readJob(client, null, jobId));
  if (!job.ok) return err(refusedWrite(job.error));
  return job.value === null ? notFound(jobId) : ok(job.value);
}
